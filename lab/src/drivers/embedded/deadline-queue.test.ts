import { describe, expect, it } from 'vitest';
import { DeadlineQueue } from './deadline-queue.ts';

function request(deadlineAtMs: number) {
  return { settled: false, deadlineAtMs };
}

describe('DeadlineQueue', () => {
  it('gives what has expired, oldest first, and nothing that has not', () => {
    const queue = new DeadlineQueue();
    for (const deadlineAtMs of [10, 20, 30]) queue.push(request(deadlineAtMs));
    expect(queue.takeExpired(25)?.deadlineAtMs).toBe(10);
    expect(queue.takeExpired(25)?.deadlineAtMs).toBe(20);
    expect(queue.takeExpired(25)).toBeUndefined();
    expect(queue.nextDeadlineMs()).toBe(30);
  });

  it('passes over requests that have their outcome', () => {
    const queue = new DeadlineQueue();
    const answered = request(10);
    queue.push(answered);
    queue.push(request(20));
    answered.settled = true;
    expect(queue.nextDeadlineMs()).toBe(20);
    expect(queue.takeExpired(100)?.deadlineAtMs).toBe(20);
    expect(queue.nextDeadlineMs()).toBe(Infinity);
  });

  it('stays in order over many requests', () => {
    const queue = new DeadlineQueue<ReturnType<typeof request>>();
    const expired: number[] = [];
    for (let nowMs = 0; nowMs < 10_000; nowMs += 1) {
      queue.push(request(nowMs + 100));
      for (let item = queue.takeExpired(nowMs); item; item = queue.takeExpired(nowMs))
        expired.push(item.deadlineAtMs);
    }
    expect(expired).toEqual(Array.from({ length: 9899 }, (_, index) => index + 100));
  });
});
