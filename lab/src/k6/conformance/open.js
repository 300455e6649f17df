// open() reads a file beside the script, in init code only (javascript-api/init-context/open).
// expect: exit 0
// expect: metrics.checks.passes == 2
import { check } from 'k6';

const data = JSON.parse(open('./data.json'));

export default function () {
  check(data, { 'is the file': ({ answer }) => answer === 42 });
  let message = '';
  try {
    open('./data.json');
  } catch (error) {
    message = String(error);
  }
  check(message, { 'is refused later': (text) => text !== '' });
}
