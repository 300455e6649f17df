import type { ArmResult, RunDocument, ScenarioResult } from '../core/document.ts';
import { isWrong } from '../core/verdict.ts';
import { inequalityOf, openClaimsOf, subjectOf } from './words.ts';

/**
 * The run as JUnit XML for a build server: a test suite for each scenario, a test case for each arm. A wrong verdict is
 * a failure; INCONCLUSIVE and SKIPPED are skipped, with the reason. Format: the Jenkins JUnit plug-in's schema
 * (github.com/jenkinsci/xunit-plugin, junit-10.xsd).
 */
export function renderJunit(document: RunDocument): string {
  const suites = document.scenarios.map((scenario) => renderSuite(scenario, document.startedAt));
  const attributes = attributesOf({
    name: 'failure lab',
    time: document.durationSeconds,
    ...countsOf(document),
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${attributes}>\n${suites.join('')}</testsuites>\n`;
}

function countsOf({ scenarios }: Pick<RunDocument, 'scenarios'>): Record<string, number> {
  const arms = scenarios.flatMap((scenario) => scenario.arms);
  const bare = scenarios.filter((scenario) => scenario.arms.length === 0).length;
  return {
    tests: arms.length + bare,
    failures: arms.filter(isWrong).length,
    errors: 0,
    skipped: arms.filter(provedNothing).length + bare,
  };
}

function renderSuite(scenario: ScenarioResult, startedAt: string): string {
  const cases =
    scenario.arms.length > 0
      ? scenario.arms.map((arm) => renderCase(scenario.name, arm))
      : [renderBareCase(scenario)];
  const time = scenario.arms.reduce((total, arm) => total + secondsOf(arm), 0);
  const timestamp = startedAt.replace(/\.\d+/, '').replace(/Z$/, '');
  const attributes = attributesOf({
    name: scenario.name,
    ...countsOf({ scenarios: [scenario] }),
    time,
    timestamp,
  });
  return `  <testsuite${attributes}>\n${cases.join('')}  </testsuite>\n`;
}

function renderCase(scenario: string, arm: ArmResult): string {
  const attributes = attributesOf({ classname: scenario, name: arm.name, time: secondsOf(arm) });
  const claims = arm.claims.map(
    (claim) =>
      `${claim.holds ? 'holds' : 'does not hold'} (${claim.kind}): ${claim.text}: ${subjectOf(claim)}: ${inequalityOf(claim)}`,
  );
  const output = [`verdict ${arm.verdict}, declared ${arm.declared ?? 'nothing'}`, ...claims].join('\n');
  return `    <testcase${attributes}>\n${resultOf(arm)}      <system-out>${escapeXml(output)}</system-out>\n    </testcase>\n`;
}

function resultOf(arm: ArmResult): string {
  if (provedNothing(arm)) {
    const message = `${arm.verdict}: ${arm.reason ?? 'no reason was given'}`;
    return `      <skipped${attributesOf({ message })}/>\n`;
  }
  if (!isWrong(arm)) return '';
  const claims = openClaimsOf(arm).map(
    (claim) => `${claim.text}: ${subjectOf(claim)}: ${inequalityOf(claim)}`,
  );
  const message = `${arm.verdict}, declared ${arm.declared ?? 'nothing'}`;
  const attributes = attributesOf({ message, type: 'wrong-verdict' });
  return `      <failure${attributes}>${escapeXml(claims.join('\n'))}</failure>\n`;
}

function renderBareCase({ name, outcome, reason }: ScenarioResult): string {
  const message = reason ?? outcome;
  return `    <testcase${attributesOf({ classname: name, name, time: 0 })}>\n      <skipped${attributesOf({ message })}/>\n    </testcase>\n`;
}

function provedNothing(arm: ArmResult): boolean {
  return arm.verdict === 'INCONCLUSIVE' || arm.verdict === 'SKIPPED';
}

function secondsOf(arm: ArmResult): number {
  return Math.max(0, ...Object.values(arm.phases).map(({ endSecond }) => endSecond));
}

function attributesOf(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value)).replaceAll('\n', '&#10;')}"`)
    .join('');
}

/** Characters that XML 1.0 forbids even as references (§2.2 Char) become U+FFFD, the replacement character. */
function escapeXml(text: string): string {
  return text
    .replace(forbidden, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

// oxlint-disable-next-line no-control-regex -- these are the characters to find
const forbidden = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu;
