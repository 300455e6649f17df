import { say } from './proof.mjs';

const keptPerKind = 3;

/** Collects what is wrong, by kind; says the first of each kind at once, with the request and how to send it again. */
export function createFindings(seed) {
  const kinds = new Map();

  function note(kind, index, text) {
    const known = kinds.get(kind);
    if (known === undefined) {
      kinds.set(kind, { kind, count: 1, requests: [index] });
      say(`FOUND ${kind}\n${text}`);
      return;
    }
    known.count += 1;
    if (known.requests.length < keptPerKind) known.requests.push(index);
  }

  const again = (index) => `  again: node scripts/fuzz.mjs --seed ${seed} --replay ${index}`;
  return {
    add(request, fault, answer) {
      const body =
        answer === undefined ? '' : `\n  answer ${answer.status}: ${answer.body.toString().slice(0, 500)}`;
      note(
        `${request.kind} (${request.method}): ${fault}`,
        request.index,
        `${show(request)}${body}\n${again(request.index)}`,
      );
    },
    /** Something about the service as a whole, after so many requests. */
    addState(fault, sent) {
      note(
        fault,
        sent,
        `  after ${sent} requests; again: node scripts/fuzz.mjs --seed ${seed} --requests ${sent}`,
      );
    },
    /** The backend has ended: any of the requests in flight may have done it. */
    crash({ end, logTail }, inFlight) {
      const requests = inFlight.map((request) => `${show(request)}\n${again(request.index)}`);
      const text = `${logTail()}\nin flight were:\n${requests.join('\n')}`;
      note(`the backend ended: ${JSON.stringify(end)}`, inFlight[0]?.index ?? null, text);
    },
    list: () => [...kinds.values()].sort((a, b) => b.count - a.count).slice(0, 30),
  };
}

/** A request as a person reads it. */
export function show({ index, kind, verdict, steps, ending }, longest = 300) {
  const bytes = Buffer.concat(steps.map((step) => step.bytes));
  const pauses = steps.some(({ pauseMs }) => pauseMs > 0) ? `, in ${steps.length} pieces with pauses` : '';
  const text = JSON.stringify(bytes.subarray(0, longest).toString('latin1'));
  const rest = bytes.length > longest ? ` … ${bytes.length} bytes` : '';
  return `  request ${index}, ${kind}, ${verdict}${pauses}${ending === undefined ? '' : `, then ${ending}`}: ${text}${rest}`;
}
