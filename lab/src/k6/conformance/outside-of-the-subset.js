// What this runner lacks is named, with its line (our own rule; k6 runs this script).
// expect: exit 107
// expect: stderr has k6/ws
// expect: stderr has outside-of-the-subset.js:5
import ws from 'k6/ws';

export default function () {
  ws.connect('ws://localhost');
}
