import { describe, expect, it } from 'vitest';
import { Lost, Refusal, voidsGrant } from '../../api/problem';
import { entriesOf } from './entries';
import { holdsIdentifier } from './notes';
import { fitting, inOrderOfNeed } from './order';
import { once } from './pressed';
import { recognise } from './recognise';
import { remaskMs, reveals } from './reveals';
import { overOf, ringing } from './rings';
import { afterWait } from './waiting';
import { thisMonth, waysOf } from './ways';
import { needsApproval, otherPurposes, outside, takesCode, triesAfter, whyMasked, whyRefused } from './why';

const searchable = new Set(['mobile', 'id_no', 'passport', 'permit', 'ticket_no', 'bag_tag', 'pnr', 'name', 'email']);

describe('the one search box', () => {
  it.each([
    ['199 1234-5678', 'mobile', '19912345678'],
    ['+86 19912345678', 'mobile', '+8619912345678'],
    ['19912345678', 'mobile', '19912345678'],
    ['11010519491231002x', 'id_no', '11010519491231002X'],
    ['e12345678', 'passport', 'E12345678'],
    ['EA1234567', 'passport', 'EA1234567'],
    ['H12345678', 'permit', 'H12345678'],
    ['781-2345678901', 'ticket_no', '7812345678901'],
    ['0123456789', 'bag_tag', '0123456789'],
    ['zhang@example.cn', 'email', 'zhang@example.cn'],
    ['张三', 'name', '张三'],
    ['Zhang San', 'name', 'Zhang San'],
  ])('takes %s for %s', (typed, item, value) => {
    expect(recognise(typed, searchable)).toEqual({ kind: 'find', item, value });
  });

  it('searches a booking number together with the name, in any order, and never alone', () => {
    const both = { kind: 'find', item: 'pnr', value: 'AB12CD', also: [{ item: 'name', value: '张三' }] };
    expect(recognise('AB12CD 张三', searchable)).toEqual(both);
    expect(recognise('张三,ab12cd', searchable)).toEqual(both);
    expect(recognise('AB12CD', searchable)).toEqual({ kind: 'name-needed', item: 'pnr' });
  });

  it('does not guess, and offers nothing that the catalogue cannot search', () => {
    expect(recognise('12345', searchable)).toEqual({ kind: 'unknown' });
    expect(recognise('   ', searchable)).toEqual({ kind: 'unknown' });
    expect(recognise('19912345678', new Set(['name']))).toEqual({ kind: 'unknown' });
  });
});

describe('the card', () => {
  const item = (shown: 'clear' | 'masked' | 'withheld') => ({ value: 'x', shown, level: 2, version: 1, reasons: [] });
  const records = [
    { id: 'p', type: 'profile', state: 'active', items: { id_no: item('withheld'), mobile: item('masked'), email: item('withheld'), name: item('masked') } },
    { id: 'b', type: 'booking', state: 'active', items: { pnr: item('masked'), itinerary: item('masked'), ssr_meal: item('withheld') } },
    { id: 'e', type: 'case', state: 'active', items: {} },
  ] as never;
  const order = (...serving: string[]) => {
    const { name, groups } = inOrderOfNeed(records, (key) => serving.includes(key));
    return [name?.item, ...groups.map((group) => group.lines.map((line) => line.item))];
  };
  it('is headed by the name and ordered by what the call is for; what is withheld comes after what is seen', () => {
    expect(order('name', 'pnr', 'itinerary')).toEqual(['name', ['itinerary', 'pnr', 'ssr_meal'], ['mobile', 'email', 'id_no']]);
    expect(order('name', 'mobile', 'email')).toEqual(['name', ['mobile', 'email', 'id_no'], ['itinerary', 'pnr', 'ssr_meal']]);
    expect(order('ssr_meal')).toEqual(['name', ['ssr_meal', 'itinerary', 'pnr'], ['mobile', 'email', 'id_no']]);
  });
  it('has no head where nobody is named', () => {
    expect(inOrderOfNeed([{ id: 'b', type: 'booking', state: 'active', items: { pnr: item('masked') } }] as never, () => true)).toMatchObject({
      name: null,
      groups: [{ record: 'b' }],
    });
  });
});

describe('values in clear', () => {
  const shown = (level: number) => reveals({}, { do: 'show', id: 'a', value: 'secret', level, now: 1000 });
  it('are masked again after thirty seconds from level 3 on, and not a moment later', () => {
    expect(reveals(shown(3), { do: 'pass', now: 1000 + remaskMs - 1 })).toHaveProperty('a');
    expect(reveals(shown(3), { do: 'pass', now: 1000 + remaskMs })).toEqual({});
    expect(reveals(shown(2), { do: 'pass', now: 10 * remaskMs })).toHaveProperty('a');
  });
  it('go at once with Esc and hang-up, and one by one', () => {
    expect(reveals(shown(2), { do: 'hide-all' })).toEqual({});
    expect(reveals(shown(2), { do: 'hide', id: 'a' })).toEqual({});
    expect(reveals(shown(2), { do: 'hide', id: 'b' })).toHaveProperty('a');
  });
  it('never come back once the call is over, whatever is answered afterwards', () => {
    const over = reveals(shown(2), { do: 'end' });
    expect([over, reveals(over, { do: 'show', id: 'a', value: 'late', level: 2, now: 1 })]).toEqual([{}, {}]);
  });
});

describe('a wrap-up note', () => {
  it.each(['证件 11010519491231002X 已核', '电话13812345678转', '6222 0200 1234 5678', '护照E12345678', 'call 138-1234-5678'])('refuses %s', (note) => {
    expect(holdsIdentifier(note)).toBe(true);
  });
  it.each(['航班改到 12 月 3 日 08:15', '工单 48213', 'TEL-20261122-0193', '退款 1280 元', ''])('takes %s', (note) => {
    expect(holdsIdentifier(note)).toBe(false);
  });
});

describe('why not', () => {
  const reason = (code: string) => ({ code, zh: '因', en: 'why' });
  const problem = {
    code: 'access.needs',
    status: 403,
    zh: '总',
    en: 'all',
    reasons: [] as ReturnType<typeof reason>[],
    needs: [] as never[],
    errors: [],
    wait: null,
  };
  it('is one sentence with one help', () => {
    expect(whyRefused({ ...problem, reasons: [reason('caller.unverified')] }).help).toBe('verify');
    expect(whyRefused({ ...problem, needs: [{ what: 'approval', how: 'use.view' }] as never }).help).toBe('approval');
    expect(whyRefused({ ...problem, needs: [{ what: 'approval', how: 'authorisation' }] as never }).help).toBe(null);
    expect(whyRefused(problem)).toEqual({ zh: '总', en: 'all', help: null, scenes: [], all: [] });
    expect(whyRefused({ ...problem, needs: [{ what: 'approval', how: 'id_image' }] as never })).toMatchObject({ help: 'approval', scenes: ['id_image'] });
  });
  it('takes the reason of the item, not another one of the decision', () => {
    const decision = {
      overall: 'permit',
      needs: [],
      reasons: [reason('purpose.unknown'), { code: 'level.masked', zh: '岗位', en: 'post' }],
      items: {},
    } as never;
    expect(whyMasked(['level.masked'], decision)).toEqual({
      zh: '岗位',
      en: 'post',
      help: 'approval',
      scenes: [],
      all: [{ code: 'level.masked', zh: '岗位', en: 'post' }],
    });
  });
  it('offers an item under the purposes it serves and the person has, and no other', () => {
    const mobile = { purposes: ['notify', 'verify'] };
    expect([outside(mobile, 'fulfil'), outside(mobile, 'notify'), outside(undefined, 'notify')]).toEqual([true, false, false]);
    expect([otherPurposes(mobile, null, 'verify'), otherPurposes(mobile, new Set(['notify']), 'fulfil'), otherPurposes(undefined, null, 'x')]).toEqual([
      ['notify'],
      ['notify'],
      [],
    ]);
    expect(whyRefused({ ...problem, reasons: [reason('purpose.item_outside')] }).help).toBe('purpose');
  });
});

describe('a list of records', () => {
  it('is read line by line, and anything else as it is', () => {
    expect(entriesOf('[{"at":"2026-10-03T09:00","to":"1"},{"n":2,"x":null},"a"]')).toEqual(['2026-10-03T09:00 · 1', '2 · —', 'a']);
    expect([entriesOf('[]'), entriesOf('{"a":1}'), entriesOf('13800138000'), entriesOf('no json')]).toEqual([[], null, null, null]);
  });
});

describe('the head of the card', () => {
  it('names what fits, and at least one', () => {
    expect([
      fitting([]),
      fitting(['订座出票', '变更通知', '会员']),
      fitting(['Making and performing the contract', 'Marketing messages']),
      fitting(['x'.repeat(90), 'y']),
    ]).toEqual([0, 3, 1, 1]);
  });
});

describe('an act sent once', () => {
  const answered = (fault: unknown) => fault === 'refused';
  it('goes out once however often it is pressed, and with the same key until an answer came', async () => {
    const keys: string[] = [];
    const lose = async (key: string) => {
      keys.push(key);
      throw 'lost';
    };
    let answer = (_: string) => {};
    const first = once(
      'call',
      (key) => {
        keys.push(key);
        return new Promise<string>((done) => {
          answer = done;
        });
      },
      answered,
    );
    expect(await once('call', lose, answered)).toBe(null);
    answer('rings');
    expect([await first, keys.length]).toEqual(['rings', 1]);

    await expect(once('call', lose, answered)).rejects.toBe('lost');
    await expect(once('call', lose, answered)).rejects.toBe('lost');
    expect(keys[1]).toBe(keys[2]);
    expect(keys[1]).not.toBe(keys[0]);
    await expect(once('call', () => Promise.reject('refused'), answered)).rejects.toBe('refused');
    await expect(once('call', lose, answered)).rejects.toBe('lost');
    expect(keys[3]).not.toBe(keys[2]);
  });
});

describe("the customer's word for a second person", () => {
  const problem = (code: string, how?: string) => ({ code, zh: '', en: '', reasons: [], needs: how ? [{ what: 'approval', how }] : [] }) as never;
  const rows = [
    { scene: 'cdr', byCode: true },
    { scene: 'contact_change', byCode: true, enabled: false },
    { scene: 'history', byCode: false },
    { scene: 'vip' },
  ] as never[];
  it('is offered where every scene that is missing takes it, and nowhere else', () => {
    expect([['cdr'], ['contact_change'], ['history'], ['vip'], ['cdr', 'vip'], ['unheard-of'], []].map((scenes) => takesCode(scenes, rows))).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(
      [
        problem('access.needs', 'contact_change'),
        problem('access.needs', 'use.correct'),
        problem('access.needs', 'authorisation'),
        problem('access.denied'),
      ].map(needsApproval),
    ).toEqual([true, true, false, false]);
  });
  it("is for the company's month, wherever the browser stands", () => {
    const at = (text: string) => thisMonth(Date.parse(text));
    expect([at('2026-01-31T15:59:59Z'), at('2026-01-31T16:00:00Z'), at('2026-12-01T00:00:00Z')]).toEqual(['2026-01', '2026-02', '2026-12']);
  });
  it('leaves a correction no emergency', () => {
    const emergency = [{ scene: 'glass', trigger: { on: 'emergency' }, modes: ['none'] }] as never[];
    expect([waysOf([], emergency), waysOf([], emergency, 'correct')]).toEqual([['remote', 'emergency'], ['remote']]);
  });
  it('ends with the tries, or at once when the code is over', () => {
    expect(triesAfter(problem('code.wrong'), 3)).toBe(2);
    expect(triesAfter(problem('code.wrong'), 1)).toBe(0);
    expect(triesAfter(problem('code.over'), 3)).toBe(0);
  });
});

describe('calls of the telephone system', () => {
  const call = (id: string, state: 'waiting' | 'taken' | 'ended', since = 1) => ({ id, state, since, until: 9, purpose: 'fulfil' }) as never;
  it('offers what waits longest first, and nothing that is taken or over', () => {
    expect(ringing([call('a', 'waiting', 3), call('b', 'taken'), call('c', 'waiting', 2), call('d', 'ended')]).map((one) => one.id)).toEqual(['c', 'a']);
  });
  const hour = 3_600_000;
  it('is hung up when that is said or the call is gone, and not by a list from before it was taken', () => {
    expect([[call('a', 'waiting')], [call('a', 'taken')], [call('a', 'ended')], [call('b', 'taken')], []].map((calls) => overOf(calls, 'a', hour))).toEqual([
      null,
      null,
      'hung-up',
      'hung-up',
      'hung-up',
    ]);
  });
  it('is not hung up when the session reached its own end', () => {
    expect([overOf([], 'a', 0), overOf([], 'a', 1000), overOf([call('a', 'taken')], 'a', 0), overOf([call('a', 'ended')], 'a', 0)]).toEqual([
      'expired',
      'expired',
      'expired',
      'hung-up',
    ]);
    expect([overOf([], null, 1), overOf([], null, 0)]).toEqual([null, 'expired']);
  });
});

describe('the answer to a request', () => {
  const correction = { change: { record: 'r', item: 'mobile', version: 1, value: 'v' }, purpose: null, key: 'k' } as never;
  const look = { id: 'a', of: null };
  const asked = { id: 'a', of: 'k' };
  it('opens the line, or says that it does not', () => {
    expect(afterWait({ id: 'a', state: 'approved' }, { waits: look })).toEqual({ waits: null, grant: 'a' });
    expect(afterWait({ id: 'a', state: 'refused' }, { waits: look })).toMatchObject({ waits: null, why: { help: null } });
    expect([afterWait({ id: 'a', state: 'requested' }, { waits: look }), afterWait({ id: 'a', state: 'approved' }, {})]).toEqual([null, null]);
  });
  it('is for the correction it was asked for and for no other, nor for a look', () => {
    expect(afterWait({ id: 'a', state: 'in-force' }, { waits: asked, correction })).toMatchObject({ waits: null, correction: { key: 'k', grant: 'a' } });
    expect(afterWait({ id: 'a', state: 'expired' }, { waits: asked, correction })).toMatchObject({ waits: null, correction: null, why: {} });
    for (const other of [null, { ...(correction as object), key: 'other' } as never])
      expect(afterWait({ id: 'a', state: 'approved' }, { waits: asked, correction: other })).toEqual({ waits: null });
  });
  it('stays good after anything that does not say it is void', () => {
    const refusal = (code: string, ...reasons: string[]) => new Refusal({ code, reasons: reasons.map((one) => ({ code: one })) } as never);
    expect([
      voidsGrant(refusal('access.denied', 'grant.changed')),
      voidsGrant(refusal('approval.invalid')),
      voidsGrant(refusal('access.unsettled')),
      voidsGrant(refusal('request.invalid', 'field.long')),
      voidsGrant(new Lost()),
    ]).toEqual([true, true, false, false, false]);
  });
});
