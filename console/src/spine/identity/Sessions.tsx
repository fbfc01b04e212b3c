import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Popconfirm } from 'antd';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { api, call, type Schemas } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { Pager } from '../../shell/Pager';
import { ProblemNote } from '../../shell/Problem';
import { Rows } from '../../shell/Rows';
import { when } from '../../shell/time';
import { useRun } from '../../shell/useRun';
import { defineWords, useLanguage, useSay, useWords } from '../../shell/words';
import { usePeople } from './People';
import { useZoneName } from './places/zoneName';
import './people.css';

const words = defineWords(
  'live-sessions',
  {
    title: '在线会话',
    hint: '此刻所有人的登录。结束后,该会话在任何节点的下一次请求即被拒绝。',
    none: '没有在线会话。',
    noMatch: '没有符合的会话。',
    noMatchHere: '本页没有符合的会话;筛选只看本页,请接着翻“更早的”,或到此人的页面查看。',
    onlyHere: '筛选只看本页,更早的会话在后面的页。',
    filter: '按姓名或账号筛选',
    again: '刷新',
    who: '人员',
    since: '登录',
    seen: '最近使用',
    zone: '登录区域',
    device: '设备',
    proofs: '登录方式',
    own: '本会话',
    end: '结束',
    endAll: '结束此人全部',
    endSure: '结束这个会话?此人须重新登录。',
    ownSure: '这是您正在用的会话:结束后您须重新登录。',
    endAllSure: '结束 {{name}} 的全部会话?',
    yes: '确定',
    no: '返回',
    acts: '操作',
    desktop: '电脑',
    phone: '手机',
    tablet: '平板',
    other: '其他',
    unknown: '不详',
    password: '密码',
    totp: '动态验证码',
    recovery: '恢复码',
    passkey: '通行密钥',
    qr: '扫码',
    sso: '单点登录',
    'sso-strong': '单点登录(双因素)',
  },
  {
    title: 'Live sessions',
    hint: 'Everybody who is signed in now. An ended session is refused at its next request, on every node.',
    none: 'Nobody is signed in.',
    noMatch: 'No session fits.',
    noMatchHere: 'No session on this page fits. Only this page was looked at: go on to the earlier ones, or open the person.',
    onlyHere: 'Only this page was looked at; earlier sessions are on the pages that follow.',
    filter: 'Filter by name or account',
    again: 'Refresh',
    who: 'Who',
    since: 'Signed in',
    seen: 'Last used',
    zone: 'From zone',
    device: 'Device',
    proofs: 'Signed in by',
    own: 'this session',
    end: 'End',
    endAll: 'End all of this person',
    endSure: 'End this session? The person signs in anew.',
    ownSure: 'This is the session you are using: you will have to sign in anew.',
    endAllSure: 'End all sessions of {{name}}?',
    yes: 'Yes',
    no: 'Back',
    acts: 'Acts',
    desktop: 'Computer',
    phone: 'Phone',
    tablet: 'Tablet',
    other: 'Other',
    unknown: 'not known',
    password: 'password',
    totp: 'one-time code',
    recovery: 'recovery code',
    passkey: 'passkey',
    qr: 'QR code',
    sso: 'single sign-on',
    'sso-strong': 'single sign-on, two factors',
  },
);

type Session = Schemas['LiveSession'];

/** Every live session, the newest first (R37, R38); ended one by one, or all of a person. */
export default function Sessions() {
  const say = useWords(words);
  const [address] = useSearchParams();
  const after = address.get('after');
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().toLowerCase();
  // Once only one account fits what was typed, the server is asked for its sessions, on whatever page they would stand. Names stay out of the address.
  const people = usePeople().data ?? [];
  const fitting = wanted === '' ? [] : people.filter((one) => one.account.toLowerCase() === wanted || one.name.toLowerCase() === wanted);
  const person = fitting.length === 1 ? fitting[0]?.id : undefined;
  const asked = useQuery({
    queryKey: ['live-sessions', person ?? after],
    queryFn: () => call(() => api.GET('/v1/live-sessions', { params: { query: person ? { person } : after ? { after } : {} } })),
    placeholderData: keepPreviousData,
  });
  const fits = (one: Session) => wanted === '' || one.name.toLowerCase().includes(wanted) || one.account.toLowerCase().includes(wanted);
  return (
    <>
      <div className="row wrap">
        <h1>{say('title')}</h1>
        <span className="spread" />
        <Input
          className="filter"
          size="small"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          aria-label={say('filter')}
          placeholder={say('filter')}
        />
        <Button size="small" loading={asked.isFetching} onClick={() => void asked.refetch()}>
          {say('again')}
        </Button>
      </div>
      <p className="quiet lead">{say('hint')}</p>
      <Listing asked={asked} isEmpty={(page) => page.sessions.length === 0 && after === null && wanted === ''} empty={say('none')}>
        {(page) => (
          <section className="panel stack" aria-label={say('title')}>
            {page.sessions.some(fits) ? (
              <List sessions={page.sessions.filter(fits)} />
            ) : (
              <p className="quiet empty">{say((page.next || after !== null) && !person ? 'noMatchHere' : 'noMatch')}</p>
            )}
            {wanted !== '' && (page.next || after !== null) && !person && page.sessions.some(fits) && <p className="quiet">{say('onlyHere')}</p>}
            <Pager first={after === null ? null : ''} next={page.next ? `after=${page.next}` : null} />
          </section>
        )}
      </Listing>
    </>
  );
}

function List({ sessions }: { sessions: readonly Session[] }) {
  const say = useWords(words);
  const tell = useSay();
  const language = useLanguage();
  const me = useMe();
  const zoneName = useZoneName();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const [at, setAt] = useState<string | null>(null);
  const act = (one: Session, send: () => Promise<unknown>) => {
    setAt(one.id);
    return run(async () => {
      await send();
      await Promise.all(['live-sessions', 'person-sessions', ...(one.current ? ['session'] : [])].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    });
  };
  const end = (one: Session) => act(one, () => call(() => api.DELETE('/v1/live-sessions/{id}', { params: { path: { id: one.id } } })));
  const endAll = (one: Session) => act(one, () => call(() => api.DELETE('/v1/people/{id}/sessions', { params: { path: { id: one.person } } })));
  return (
    <Rows<Session>
      label={say('title')}
      rows={sessions}
      id={(one) => one.id}
      marked={(one) => one.current}
      columns={[
        {
          key: 'who',
          title: say('who'),
          plain: true,
          cell: (one) => (
            <>
              <Link to={`/people/person?id=${one.person}`}>{one.name}</Link> <span className="quiet">{one.account}</span>{' '}
              {one.current && <span className="tag warn">{say('own')}</span>}
            </>
          ),
        },
        { key: 'since', title: say('since'), num: true, cell: (one) => when(one.created, language) },
        { key: 'seen', title: say('seen'), num: true, cell: (one) => when(one.lastSeen, language) },
        { key: 'zone', title: say('zone'), cell: (one) => (one.zone ? zoneName(one.zone) : <span className="quiet">{say('unknown')}</span>) },
        { key: 'device', title: say('device'), cell: (one) => (one.device ? say(one.device) : <span className="quiet">{say('unknown')}</span>) },
        {
          key: 'proofs',
          title: say('proofs'),
          cell: (one) => one.proofs.map((proof) => say(proof.factor)).join(tell({ zh: ' + ', en: ' + ' })),
        },
        {
          key: 'acts',
          title: say('acts'),
          unseen: true,
          plain: true,
          cell: (one) => (
            <div className="acts-cell">
              <Popconfirm title={say(one.current ? 'ownSure' : 'endSure')} okText={say('yes')} cancelText={say('no')} onConfirm={() => void end(one)}>
                <Button size="small" loading={busy && at === one.id}>
                  {say('end')}
                </Button>
              </Popconfirm>
              {one.person !== me.session.person && (
                <Popconfirm title={say('endAllSure', { name: one.name })} okText={say('yes')} cancelText={say('no')} onConfirm={() => void endAll(one)}>
                  <Button size="small" danger loading={busy && at === one.id}>
                    {say('endAll')}
                  </Button>
                </Popconfirm>
              )}
            </div>
          ),
        },
      ]}
      below={(one) => at === one.id && fault !== null && <ProblemNote fault={fault} />}
    />
  );
}
