import { expect, it } from 'vitest';
import { panelValues } from '../../test/fixtures/panel-values.ts';
import { breakerState } from './breaker-state.ts';

const { valueAt } = panelValues(breakerState);

it('has a word for every state that it shows', () => {
  expect(breakerState.axis.words?.[valueAt({ arm: 'protected', at: 8 }) ?? -1]).toBe('open');
  expect(breakerState.axis.words?.[valueAt({ arm: 'protected', at: 9 }) ?? -1]).toBe('half-open');
  expect(breakerState.axis.words?.[valueAt({ arm: 'unprotected', at: 8 }) ?? -1]).toBe('closed');
});
