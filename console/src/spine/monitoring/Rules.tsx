import { useQueryClient } from '@tanstack/react-query';
import { Button, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { api, call } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { Rows } from '../../shell/Rows';
import { useRun } from '../../shell/useRun';
import { defineWords, useSay, useWords } from '../../shell/words';
import { Who } from '../identity/Who';
import { changes } from './compare';
import { useWatch } from './parts';
import { measureNames, type Rule } from './sentence';

const words = defineWords(
  'watch-rules',
  {
    title: '监测规则',
    hint: '每条规则看一个人一天的次数。到提醒线通知负责人,到处置线立即采取措施。改规则要两个人:一人提出,另一人确认后才生效。',
    rule: '规则',
    warn: '提醒线',
    act: '处置线',
    response: '到处置线时',
    notify: '只通知',
    vault: '看明文要两个人',
    suspend: '下线,看明文要两个人',
    habit: '高于平时 {{sigmas}} 个标准差,且不少于 {{least}} 次',
    threshold: '固定界限',
    reveals: '服务会话之外',
    change: '提出修改…',
    propose: '提交修改',
    leave: '放弃修改',
    proposed: '有一份修改等待确认',
    by: '提出人',
    confirm: '确认生效',
    own: '您提出的修改,由另一个人确认。',
    changed: '{{count}} 条与现行规则不同',
    from: '现行 {{value}}',
    added: '新增',
    removed: '将删除',
    sigmas: '{{sigmas}} 个标准差',
    usual: '与平时相比',
  },
  {
    title: 'Watch rules',
    hint: 'Each rule watches one count of one person on one day. At the warning people are told; at the limit the response follows at once. A change takes two: one proposes, another confirms, then it counts.',
    rule: 'Rule',
    warn: 'Warn at',
    act: 'Act at',
    response: 'What follows',
    notify: 'people are told',
    vault: 'clear text takes two',
    suspend: 'signed out, clear text takes two',
    habit: '{{sigmas}} deviations above usual, and at least {{least}}',
    threshold: 'fixed limit',
    reveals: 'outside calls',
    change: 'Propose a change…',
    propose: 'Propose this',
    leave: 'Leave it',
    proposed: 'A change waits to be confirmed',
    by: 'proposed by',
    confirm: 'Put in force',
    own: 'You proposed this one: somebody else confirms it.',
    changed: '{{count}} {{count|rule differs|rules differ}} from those in force',
    from: 'now {{value}}',
    added: 'new',
    removed: 'taken out',
    sigmas: '{{sigmas}} deviations',
    usual: 'against the usual',
  },
);

const responses: Rule['response'][] = ['notify', 'vault', 'suspend'];

/** The rules of watching; two people change them (R52). */
export default function Rules() {
  const say = useWords(words);
  const me = useMe();
  const asked = useWatch();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const [draft, setDraft] = useState<Rule[] | null>(null);
  const manages = me.policies.has('monitoring.manage');
  const again = () => queries.invalidateQueries({ queryKey: ['watch-rules'] });
  const propose = (rules: Rule[], version: number) =>
    run(async () => {
      await call(() => api.PUT('/v1/monitoring/rules', { body: { rules, version } }));
      setDraft(null);
      await again();
    });
  const confirm = (version: number) =>
    run(async () => {
      await call(() => api.POST('/v1/monitoring/rules/confirm', { body: { version } }));
      await again();
    });
  return (
    <>
      <div className="row wrap">
        <h1>{say('title')}</h1>
        <span className="spread" />
        {manages && draft === null && asked.data && (
          <Button size="small" onClick={() => setDraft([...(asked.data.proposed ?? asked.data.rules)])}>
            {say('change')}
          </Button>
        )}
      </div>
      <p className="quiet lead">{say('hint')}</p>
      {fault !== null && <ProblemNote fault={fault} />}
      <Listing asked={asked} isEmpty={(view) => view.rules.length === 0}>
        {(view) => (
          <>
            {view.proposed && view.proposedBy && draft === null && (
              <section className="panel row wrap" aria-label={say('proposed')}>
                <strong className="warn">{say('proposed')}</strong>
                <span>{say('changed', { count: changes(view.proposed, view.rules).length })}</span>
                <span className="quiet">
                  {say('by')} <Who id={view.proposedBy} />
                </span>
                <span className="spread" />
                {manages &&
                  (view.proposedBy === me.session.person ? (
                    <span className="quiet">{say('own')}</span>
                  ) : (
                    <Button type="primary" size="small" loading={busy} onClick={() => void confirm(view.version)}>
                      {say('confirm')}
                    </Button>
                  ))}
              </section>
            )}
            <section className="panel stack" aria-label={say('title')}>
              <Table rules={draft ?? view.proposed ?? view.rules} now={view.rules} onChange={draft && setDraft} />
              {draft && (
                <div className="row">
                  <Button type="primary" loading={busy} disabled={changes(draft, view.rules).length === 0} onClick={() => void propose(draft, view.version)}>
                    {say('propose')}
                  </Button>
                  <Button onClick={() => setDraft(null)}>{say('leave')}</Button>
                </div>
              )}
            </section>
          </>
        )}
      </Listing>
    </>
  );
}

function Table({ rules, now, onChange }: { rules: readonly Rule[]; now: readonly Rule[]; onChange: ((rules: Rule[]) => void) | null }) {
  const say = useWords(words);
  const tell = useSay();
  const put = (id: string, change: Partial<Rule>) => onChange?.(rules.map((rule) => (rule.id === id ? { ...rule, ...change } : rule)));
  const changed = new Map(changes(rules, now).map((one) => [one.id, one]));
  const removed = now.filter((rule) => changed.get(rule.id)?.next === null);
  const editable = (rule: Rule) => onChange !== null && !removed.includes(rule);
  const before = (rule: Rule, key: keyof Rule, told: (old: Rule) => string | number) => {
    const old = changed.get(rule.id)?.now;
    return old && old[key] !== rule[key] ? <span className="warn"> · {say('from', { value: told(old) })}</span> : null;
  };
  const measure = (rule: Rule) => tell(measureNames[rule.measure] ?? { zh: rule.measure, en: rule.measure });
  const shown = (rule: Rule, key: 'warn' | 'act') => (rule[key] === 0 ? '–' : rule[key]);
  const figure = (rule: Rule, key: 'warn' | 'act', min: number) =>
    editable(rule) ? (
      <InputNumber
        size="small"
        min={min}
        precision={0}
        value={rule[key]}
        aria-label={`${rule.id} ${say(key)}`}
        onChange={(value) => put(rule.id, { [key]: value ?? min })}
      />
    ) : (
      <>
        {shown(rule, key)}
        {before(rule, key, (old) => shown(old, key))}
      </>
    );
  return (
    <Rows<Rule>
      label={say('title')}
      rows={[...rules, ...removed]}
      id={(rule) => rule.id}
      marked={(rule) => changed.has(rule.id)}
      columns={[
        {
          key: 'rule',
          title: say('rule'),
          plain: true,
          cell: (rule) => (
            <>
              {removed.includes(rule) && <span className="tag bad">{say('removed')}</span>}
              {changed.get(rule.id)?.now === null && <span className="tag">{say('added')}</span>} <strong>{measure(rule)}</strong>
              {before(rule, 'measure', measure)}{' '}
              <span className="quiet">{rule.kind === 'habit' ? say('habit', { sigmas: rule.sigmas, least: rule.act }) : say(rule.kind)}</span>
              {before(rule, 'kind', (old) => say(old.kind === 'habit' ? 'usual' : old.kind))}
              {before(rule, 'sigmas', (old) => say('sigmas', { sigmas: old.sigmas }))} <code className="mono quiet">{rule.id}</code>
            </>
          ),
        },
        { key: 'warn', title: say('warn'), num: true, cell: (rule) => figure(rule, 'warn', 0) },
        { key: 'act', title: say('act'), num: true, cell: (rule) => figure(rule, 'act', 1) },
        {
          key: 'response',
          title: say('response'),
          cell: (rule) =>
            editable(rule) ? (
              <Select
                size="small"
                value={rule.response}
                aria-label={`${rule.id} ${say('response')}`}
                onChange={(response) => put(rule.id, { response })}
                options={responses.map((one) => ({ value: one, label: say(one) }))}
                popupMatchSelectWidth={false}
              />
            ) : (
              <>
                {say(rule.response)}
                {before(rule, 'response', (old) => say(old.response))}
              </>
            ),
        },
      ]}
    />
  );
}
