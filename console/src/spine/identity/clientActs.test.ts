import { describe, expect, it } from 'vitest';
import { clientActOf } from './clientActs';

const read = (act: string, preview: object | string) => clientActOf({ act, preview: typeof preview === 'string' ? preview : JSON.stringify(preview) });
const none = { client: null, create: null, change: null, rotate: null, handOver: null, result: null };

describe('an act on a ticket system', () => {
  it('is read out of what was approved, and nothing else is', () => {
    const create = { name: 'tickets', owner: 'a'.repeat(32), scopes: ['tickets'], perMinute: 1, perDay: 1, expires: 1, purposes: null, approval: null };
    expect(read('client.tickets', { ...none, create })).toEqual({ kind: 'create', create });
    expect(read('client.tickets', { ...none, client: 'c', rotate: { until: null, approval: null } })).toEqual({
      kind: 'rotate',
      client: 'c',
      rotate: { until: null, approval: null },
    });
    expect(read('client.tickets', { ...none, client: 'c', handOver: { owner: 'b' } })).toEqual({ kind: 'handOver', client: 'c', handOver: { owner: 'b' } });
    // A change is sent as it was asked, never the result beside it.
    expect(read('client.tickets', { ...none, client: 'c', change: { version: 2 }, result: create })).toEqual({
      kind: 'change',
      client: 'c',
      change: { version: 2 },
    });
    expect(read('sso.link', { ...none, create })).toBeNull();
    expect(read('client.tickets', { ...none, rotate: {} })).toBeNull();
    expect(read('client.tickets', 'no json')).toBeNull();
  });
});
