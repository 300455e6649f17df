/** What k6 sends at once for one batch, by default. */
const batchLimit = 20;
const batchLimitPerHost = 6;

/** Sends requests at once, up to the limits; answers in the order of the requests. */
export async function sendBatch<Request extends { readonly url: string }, Answer>(
  requests: readonly Request[],
  send: (request: Request) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const waiting = requests.map((request, index) => ({ request, index, host: hostOf(request.url) }));
  const activeOf = new Map<string, number>();
  const next = () => {
    const position = waiting.findIndex(({ host }) => (activeOf.get(host) ?? 0) < batchLimitPerHost);
    return position < 0 ? undefined : waiting.splice(position, 1)[0];
  };
  const work = async () => {
    for (let job = next(); job !== undefined; job = next()) {
      const { request, index, host } = job;
      activeOf.set(host, (activeOf.get(host) ?? 0) + 1);
      answers[index] = await send(request);
      activeOf.set(host, (activeOf.get(host) ?? 1) - 1);
    }
  };
  await Promise.all(Array.from({ length: Math.min(batchLimit, requests.length) }, work));
  return answers;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
