/**
 * Read-out under a chart: the figures of the second that the pointer is over, taken from the chart's own table.
 * The page is complete without it.
 */
export const pageScript = `
for (const figure of document.querySelectorAll('figure')) {
  const chart = figure.querySelector('.chart');
  const readout = figure.querySelector('.readout');
  const cursor = chart && chart.querySelector('.cursor');
  if (!chart || !readout || !cursor) continue;
  const names = [...figure.querySelectorAll('thead th')].slice(1).map((cell) => cell.textContent);
  const rows = figure.querySelectorAll('tbody tr');
  readout.hidden = false;
  readout.textContent = '\\u00a0';
  chart.addEventListener('pointermove', (event) => {
    const box = chart.getBoundingClientRect();
    const padding = parseFloat(getComputedStyle(chart).paddingLeft) || 0;
    const x = event.clientX - box.left - padding;
    const ratio = x / (box.width - padding);
    const row = rows[Math.floor(ratio * Number(chart.dataset.seconds))];
    if (!row || ratio < 0) return;
    const values = [...row.querySelectorAll('td')].map((cell, index) => names[index] + ' ' + cell.textContent);
    readout.textContent = 'second ' + row.querySelector('th').textContent + ': ' + values.join(' · ');
    cursor.setAttribute('x1', String(x));
    cursor.setAttribute('x2', String(x));
    cursor.setAttribute('visibility', 'visible');
  });
  chart.addEventListener('pointerleave', () => {
    readout.textContent = '\\u00a0';
    cursor.setAttribute('visibility', 'hidden');
  });
}
`;
