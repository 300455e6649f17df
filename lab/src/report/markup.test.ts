import { expect, it } from 'vitest';
import { html, raw, table } from './markup.ts';

it('escapes every text and attribute, and no markup', () => {
  const name = `<script>"it's" & more</script>`;
  expect(html`<p title="${name}">${name}${raw('<br>')}${null}${3}</p>`.markup).toBe(
    '<p title="&lt;script&gt;&quot;it&#39;s&quot; &amp; more&lt;/script&gt;">&lt;script&gt;&quot;it&#39;s&quot; &amp; more&lt;/script&gt;<br>3</p>',
  );
});

it('makes tables that a screen reader can walk through', () => {
  const { markup } = table({ caption: 'C', head: ['a', 'b'], rows: [['x', 1]], numeric: [1] });
  expect(markup).toContain('<caption><span>C</span></caption>');
  expect(markup).toContain('<th scope="col" class="num">b</th>');
  expect(markup).toContain('<th scope="row">x</th><td class="num">1</td>');
});
