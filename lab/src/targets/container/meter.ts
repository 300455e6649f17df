import type { Conversation } from './conversation.ts';

/** What the control group of a container says. */
export interface MeterReading {
  readonly cpuSeconds: number;
  readonly periods: number;
  readonly throttledPeriods: number;
  readonly throttledSeconds: number;
  /** The working set, as cAdvisor computes it: use without inactive files. */
  readonly memoryBytes: number;
  /** Of the kernel that the container runs on. */
  readonly bootId: string;
}

export interface Meter {
  /** Null when there is no answer in time, or none any more. */
  read(): Promise<MeterReading | null>;
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** A container whose quota is used up answers in its next period; one that hangs is a gap. */
const answerDeadlineMs = 1_500;

/**
 * Runs inside of the container and reads its control group whenever it gets a line. It stays open, and is made of the
 * shell's own words: a program for each reading would use up the quota that is measured (10 ms at 100m).
 */
export const meterCommand = ['sh', '-c', toScript()] as const;

function toScript(): string {
  return `
folder=/sys/fs/cgroup
if [ -f $folder/cgroup.controllers ]
then set -- cpu.stat memory.current memory.stat
else set -- cpuacct/cpuacct.usage cpu/cpu.stat memory/memory.usage_in_bytes memory/memory.stat
fi
read -r boot < /proc/sys/kernel/random/boot_id
while read -r order
do
  for file
  do
    while read -r key value
    do case $key in
      [0-9]*) echo "$file $key" ;;
      usage_usec|nr_*|throttled_*|inactive_file|total_inactive_file) echo "$key $value" ;;
    esac
    done < "$folder/$file"
  done
  echo "boot $boot"
  echo end
done`;
}

export function openMeter(open: (onLine: (line: string) => void) => Conversation): Meter {
  let values: Record<string, string> = {};
  let waiting: ((reading: MeterReading | null) => void) | undefined;
  let pending: Promise<MeterReading | null> | undefined;
  const conversation = open((line) => {
    const [key = '', value = ''] = line.split(' ');
    if (key !== 'end') values[key] = value;
    else {
      waiting?.(toReading(values));
      values = {};
    }
  });
  let isOver = false;
  void conversation.ended.finally(() => {
    isOver = true;
    waiting?.(null);
  });

  function ask(): Promise<MeterReading | null> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => waiting?.(null), answerDeadlineMs);
      waiting = (reading) => {
        clearTimeout(timer);
        waiting = undefined;
        resolve(reading);
      };
      conversation.tell('read');
    });
  }

  return {
    read: () => (isOver ? Promise.resolve(null) : (pending ??= ask().finally(() => (pending = undefined)))),
    ended: conversation.ended,
    stop: () => conversation.stop(),
  };
}

/** Control groups of version 1 count in ns, those of version 2 in µs. Null when a file could not be read. */
function toReading(values: Readonly<Record<string, string>>): MeterReading | null {
  const number = (key: string): number => Number(values[key] ?? Number.NaN);
  const either = (first: number, second: number): number => (Number.isNaN(first) ? second : first);
  const reading = {
    cpuSeconds: either(number('usage_usec') / 1e6, number('cpuacct/cpuacct.usage') / 1e9),
    // Without a quota version 2 has none of these.
    periods: either(number('nr_periods'), 0),
    throttledPeriods: either(number('nr_throttled'), 0),
    throttledSeconds: either(either(number('throttled_usec') / 1e6, number('throttled_time') / 1e9), 0),
    memoryBytes: Math.max(
      0,
      either(number('memory.current'), number('memory/memory.usage_in_bytes')) -
        either(number('total_inactive_file'), number('inactive_file')),
    ),
    bootId: values['boot'] ?? '',
  };
  return Object.values(reading).some(Number.isNaN) ? null : reading;
}
