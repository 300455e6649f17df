// What init code throws is a script exception (exit codes).
// expect: exit 107
// expect: stderr has init went wrong
// expect: stderr has init-exception.js:7
export default function () {}

throw new Error('init went wrong');
