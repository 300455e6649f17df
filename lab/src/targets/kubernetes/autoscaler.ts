import type { AutoscalerPolicy } from '../target.ts';
import type { Client } from '../container/client.ts';
import type { Conversation } from '../container/conversation.ts';

const name = 'backend-app';

/** The real one's period is the cluster's own (15 s); `syncPeriodSeconds` is for the emulated one. */
function toAutoscalerObject(policy: AutoscalerPolicy): object {
  const { scaleUp, scaleDown } = policy.stabilizationWindowSeconds;
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: policy.minReplicas,
      maxReplicas: policy.maxReplicas,
      metrics: [
        {
          type: 'Resource',
          resource: {
            name: 'cpu',
            target: { type: 'Utilization', averageUtilization: policy.averageUtilization },
          },
        },
      ],
      behavior: {
        scaleUp: { stabilizationWindowSeconds: scaleUp },
        scaleDown: { stabilizationWindowSeconds: scaleDown },
      },
    },
  };
}

export interface Autoscaler {
  /** Null until it has decided for the first time. */
  readonly desiredReplicas: number | null;
  stop(): Promise<void>;
}

/** Puts it over the backend and follows what it wants. */
export async function startAutoscaler(
  client: Client,
  policy: AutoscalerPolicy,
  signal: AbortSignal,
): Promise<Autoscaler> {
  const input = `${JSON.stringify(toAutoscalerObject(policy))}\n`;
  await client.run(['apply', '--filename', '-'], { input, signal });
  let desiredReplicas: number | null = null;
  const wish = 'jsonpath={.status.desiredReplicas}{"\\n"}';
  const conversation: Conversation = client.open(
    ['get', 'hpa', name, '--watch', '--output', wish],
    (line) => {
      if (/^\d+$/.test(line)) desiredReplicas = Number(line);
    },
  );
  return {
    get desiredReplicas() {
      return desiredReplicas;
    },
    stop: async () => {
      await conversation.stop();
      await client.run(['delete', 'hpa', name, '--ignore-not-found']);
    },
  };
}
