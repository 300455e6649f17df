import type { ArmResult, RunDocument, ScenarioResult } from '../core/document.ts';
import type { Story } from '../core/scenario.ts';
import { formatValue } from './format.ts';
import { decidingKind, inequalityOf, roleWords } from './words.ts';

/**
 * A scenario as a page of the documentation (Markdown): what it asks, its arms, and what a real run gave. `pictureName`
 * is the file beside it that `renderPicture` made of the same run.
 */
export function renderPage(
  document: RunDocument,
  result: ScenarioResult,
  story: Story,
  pictureName: string,
): string {
  const { environment, startedAt } = document;
  const commit = environment.commit === null ? '' : `, commit ${environment.commit.slice(0, 7)}`;
  return [
    `# ${result.name}`,
    `**${result.question}**`,
    `![${result.question}](${pictureName})`,
    story.watch,
    `**In production.** ${story.production}`,
    `**Resembles.** ${story.resembles}`,
    '```bash',
    `npx lab run ${result.name}`,
    '```',
    '## What is tried',
    table(['arm', 'role', 'what it tries', 'declared'], result.arms.map(toArmRow)),
    '## What a run gave',
    `${startedAt.slice(0, 10)}, ${environment.cores} × ${environment.cpuModel}, Node ${environment.node}, PostgreSQL ${environment.postgres ?? 'of another server'}, limits: ${environment.limits}${commit}. Measured again on every machine; ratios travel, times do not.`,
    ...calibrationLines(result),
    table(['arm', 'verdict', 'because'], result.arms.map(toResultRow)),
    `Load, for every arm that runs it: ${loadOf(result)}.`,
  ]
    .join('\n\n')
    .concat('\n')
    .replace('```bash\n\n', '```bash\n')
    .replace('\n\n```\n', '\n```\n');
}

function toArmRow({ name, role, summary, declared }: ArmResult): string[] {
  return [`\`${name}\``, roleWords(role), summary, declared ?? 'nothing'];
}

/** The claims that decided, each with its measurement. */
function toResultRow(arm: ArmResult): string[] {
  const kind = decidingKind(arm);
  const claims = arm.claims
    .filter((claim) => claim.kind === kind)
    .map((claim) => `${claim.text}: ${inequalityOf(claim)}`);
  return [`\`${arm.name}\``, arm.verdict, claims.join('<br>')];
}

function calibrationLines({ calibration }: ScenarioResult): string[] {
  if (calibration === null) return [];
  const readings = Object.entries(calibration).map(
    ([name, value]) => `${name} ${formatValue(value, 'count')}`,
  );
  return [`Measured before the load was stated: ${readings.join(', ')}.`];
}

/** All streams of all arms, as they ran. */
function loadOf({ arms }: ScenarioResult): string {
  const streams = new Map<string, string>();
  for (const { setup } of arms)
    for (const [name, stream] of Object.entries(setup.load)) streams.set(name, describeStream(name, stream));
  return [...streams.values()].join('; ');
}

function describeStream(name: string, stream: unknown): string {
  const { rate, arrival, when } = stream as { rate: number; arrival: string; when?: string };
  const during = when === 'trigger' ? ' while the trigger lasts' : '';
  return `\`${name}\` ${rate}/s, ${arrival === 'even' ? 'evenly spaced' : 'at random (Poisson)'}${during}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
