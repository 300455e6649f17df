import { expect, test } from 'vitest';
import { CheckGroups } from './check-groups.ts';

test('checks are counted by name in their group; ids are those of summaries that k6 wrote', () => {
  const groups = new CheckGroups();
  groups.addCheck({ group: '', check: 'is status 200' }, true);
  groups.addCheck({ group: '', check: 'is status 200' }, false);
  groups.addCheck({ check: 'is status 200' }, true);
  groups.addCheck({ group: '::Get Schedules', check: 'load schedules success' }, true);
  expect(groups.root()).toEqual({
    name: '',
    path: '',
    id: 'd41d8cd98f00b204e9800998ecf8427e',
    checks: [
      {
        name: 'is status 200',
        path: '::is status 200',
        id: '548d37ca5f33793206f7832e7cea54fb',
        passes: 2,
        fails: 1,
      },
    ],
    groups: [
      {
        name: 'Get Schedules',
        path: '::Get Schedules',
        id: '1ff9489e4aecbab4130dffcc3e5cd03a',
        groups: [],
        checks: [
          {
            name: 'load schedules success',
            path: '::Get Schedules::load schedules success',
            id: 'd7930b0532faef923b00592c74568498',
            passes: 1,
            fails: 0,
          },
        ],
      },
    ],
  });
});

test('a group without checks is in the tree, below the groups around it', () => {
  const groups = new CheckGroups();
  groups.addGroup({ group: '::outer::inner' });
  groups.addGroup({ group: '::outer' });
  groups.addGroup({});
  const { groups: outer } = groups.root();
  expect(outer.map(({ path }) => path)).toEqual(['::outer']);
  expect(outer[0]?.groups.map(({ path, name }) => [path, name])).toEqual([['::outer::inner', 'inner']]);
});

test('a check without a name is left out', () => {
  const groups = new CheckGroups();
  groups.addCheck({ group: '' }, true);
  expect(groups.root().checks).toEqual([]);
});
