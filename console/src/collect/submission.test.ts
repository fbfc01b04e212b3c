import { describe, expect, it } from 'vitest';
import { type Draft, emptyDraft, type Form, gate, looksWrong, place, submission, unanswered } from './submission';

const form: Form = {
  key: 'call-assistance',
  title: { zh: '电话特殊服务申请', en: 'Special assistance by phone' },
  channel: 'call-centre',
  records: ['profile'],
  purposes: ['fulfil', 'special'],
  notice: 'special-assistance',
  evidence: ['recording'],
  items: [
    { item: 'name', required: true, oneOf: null, by: 'typed' },
    { item: 'ssr_med', required: false, oneOf: null, by: 'typed' },
  ],
  consents: [
    { purpose: 'fulfil', form: 'recorded-voice', separate: false, items: [] },
    { purpose: 'special', form: 'recorded-voice', separate: true, items: ['ssr_med'] },
  ],
};
const notice = { key: 'special-assistance', version: 2 };
const typed: Draft = {
  ...emptyDraft,
  items: { name: ' Ada ', ssr_med: 'oxygen' },
  evidence: { recording: 'R-1' },
  proofs: { fulfil: 'R-1', 'special+': 'R-1' },
};

describe('a submission', () => {
  it('says nothing that nobody said', () => {
    expect(submission(form, notice, typed).consents).toEqual([]);
    expect(unanswered(form, typed)).toHaveLength(2);
  });

  it('leaves out what was typed under a separate consent that was refused', () => {
    const refused: Draft = { ...typed, consents: { fulfil: 'given', 'special+': 'refused' } };
    expect(gate(form, 'ssr_med', refused)).toBe('refused');
    const sent = submission(form, notice, refused);
    expect(sent.items).toEqual({ name: 'Ada' });
    expect(sent.consents).toEqual([
      { purpose: 'fulfil', state: 'given', separate: false, form: 'recorded-voice', evidence: { kind: 'recording', reference: 'R-1' } },
      { purpose: 'special', state: 'refused', separate: true },
    ]);
  });

  it('binds the version of the notice and asks separately for what is sensitive', () => {
    const sent = submission(form, notice, { ...typed, consents: { fulfil: 'given', 'special+': 'given' } });
    expect(sent).toMatchObject({ notice, channel: 'call-centre', items: { name: 'Ada', ssr_med: 'oxygen' }, evidence: { recording: 'R-1' } });
    expect(sent.consents[1]).toMatchObject({ purpose: 'special', separate: true });
  });

  it('gets its mistakes back at their fields', () => {
    const sent = submission(form, notice, { ...typed, consents: { 'special+': 'given' } });
    const error = (at: string) => ({ at, code: 'x', zh: '', en: '' });
    const placed = place(
      [error('items.id_no|passport'), error('evidence.recording'), error('consents[0].evidence'), error('consents.fulfil'), error('notice.version')],
      sent,
    );
    expect([...placed.keys()]).toEqual(['item:id_no', 'item:passport', 'evidence:recording', 'consent:special+', 'consent:fulfil', '']);
  });
});

describe('hints', () => {
  it('speak up at a wrong check digit and keep quiet at what they do not know', () => {
    expect(looksWrong('cn-id', '11010519491231002X')).toBe(false);
    expect(looksWrong('cn-id', '110105 19491231 0021')).toBe(true);
    expect(looksWrong('mobile', '+86 138-0013-8000')).toBe(false);
    expect(looksWrong('mobile', '1380013')).toBe(true);
    expect(looksWrong('text', 'anything')).toBe(false);
    expect(looksWrong('email', '')).toBe(false);
  });
});
