/** On the pods that the lab itself runs beside the system, and on what belongs to them. */
export const roleLabel = 'backend-load-testing.role';

/** What their pods have in common: they end with the run, need nothing of the cluster, and may do nothing in it. */
export const ownPod = {
  restartPolicy: 'Never',
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  terminationGracePeriodSeconds: 1,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 10_001,
    runAsGroup: 10_001,
    seccompProfile: { type: 'RuntimeDefault' },
  },
} as const;

export const ownContainer = {
  imagePullPolicy: 'IfNotPresent',
  // It ends with the client that holds its standard input.
  stdin: true,
  stdinOnce: true,
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
} as const;
