// A flag that does not exist is a usage error.
// flags: --vuss 3
// expect: exit 104
// expect: stderr has --vus
export default function () {}
