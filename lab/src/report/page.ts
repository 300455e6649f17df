import type { ArmResult, RunDocument, ScenarioResult } from '../core/document.ts';
import type { Story } from '../core/scenario.ts';
import { unknownText } from './format.ts';
import { compareSetups, setupTopics } from './setup-words.ts';
import { calibrationWords, decidingKind, inequalityOf, roleWords } from './words.ts';

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
  return `${[
    `# ${result.name}`,
    `**${result.question}**`,
    `![${result.question}](${pictureName})`,
    story.watch,
    `**In production.** ${story.production}`,
    `**Resembles.** ${story.resembles}`,
    `\`\`\`bash\nnpx lab run ${result.name}\n\`\`\``,
    '## What is tried',
    table(['arm', 'role', 'what it tries', 'declared'], result.arms.map(toArmRow)),
    '## Set-up and load',
    ...setupParts(result.arms),
    '## What a run gave',
    environmentOf(document),
    ...calibrationParts(result),
    table(['arm', 'verdict', 'because'], result.arms.map(toResultRow)),
  ].join('\n\n')}\n`;
}

/** What is the same in every arm as a list, and what is different as a table. */
export function setupParts(arms: readonly Pick<ArmResult, 'name' | 'setup'>[]): string[] {
  const { common, differing, own } = compareSetups(arms);
  const list = common.map(({ topic, phrases }) => `- ${setupTopics[topic]}: ${phrases.join('; ')}`);
  if (differing.length === 0) return [list.join('\n')];
  const head = ['arm', ...differing.map((topic) => setupTopics[topic].toLowerCase())];
  const rows = own.map(({ arm, phrases }) => [
    `\`${arm}\``,
    ...differing.map((topic) => phrases[topic].join('; ') || unknownText),
  ]);
  return ['The same in every arm:', list.join('\n'), 'What differs:', table(head, rows)];
}

function toArmRow({ name, role, summary, declared }: ArmResult): string[] {
  return [`\`${name}\``, roleWords(role), summary, declared ?? 'nothing'];
}

/** The claims that decided, each with its measurement; before them the reason of a verdict that has one. */
function toResultRow(arm: ArmResult): string[] {
  const kind = decidingKind(arm);
  const claims = arm.claims
    .filter((claim) => claim.kind === kind)
    .map((claim) => `${claim.text}: ${inequalityOf(claim)}`);
  const because = arm.reason === null ? claims : [arm.reason, ...claims];
  return [`\`${arm.name}\``, arm.verdict, because.join('<br>')];
}

function environmentOf({ environment, startedAt }: RunDocument): string {
  const { cores, cpuModel, node, postgres, limits, commit } = environment;
  const facts = [
    startedAt.slice(0, 10),
    `${cores} × ${cpuModel}`,
    `Node ${node}`,
    `PostgreSQL ${postgres ?? 'of another server'}`,
    `limits: ${limits}`,
    ...(commit === null ? [] : [`commit ${commit.slice(0, 7)}`]),
  ];
  return `${facts.join(', ')}. Measured again on every machine; ratios travel, times do not.`;
}

function calibrationParts({ calibration }: ScenarioResult): string[] {
  if (calibration === null) return [];
  return [`Measured before the load was stated: ${calibrationWords(calibration).join(', ')}.`];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
