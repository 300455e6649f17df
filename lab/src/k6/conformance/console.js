// console writes to the log, on stderr, with its level.
// expect: exit 0
// expect: stderr has level=info msg="hello 1" source=console
// expect: stderr has level=warning msg=careful source=console
// expect: stderr has level=error msg=wrong source=console
export default function () {
  console.log('hello', 1);
  console.warn('careful');
  console.error('wrong');
}
