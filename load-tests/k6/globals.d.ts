// What k6 has beside `@types/k6` (https://grafana.com/docs/k6/latest/javascript-api/init-context/ and its pages on logs).
declare const console: Record<'debug' | 'info' | 'log' | 'warn' | 'error', (...values: unknown[]) => void>;
