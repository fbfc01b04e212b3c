import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { useState } from 'react';
import { api, call, callPlainly, type Schemas } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { enrol, passkeysWork, wasDismissed } from '../../shell/passkeys';
import { Rows } from '../../shell/Rows';
import { when } from '../../shell/time';
import { defineWords, useLanguage, useWords } from '../../shell/words';
import { OwnContact } from './Contact';
import { RecoveryCodes } from './RecoveryCodes';

const words = defineWords(
  'own-account',
  {
    title: '我的登录',
    factors: '第二因素',
    app: '验证器应用',
    appSince: '{{when}} 起启用',
    appNone: '没有设置',
    codes: '恢复码',
    codesLeft: '还剩 {{count}} 个',
    codesNew: '重新生成',
    keys: '通行密钥',
    keyAdd: '添加通行密钥',
    keyName: '通行密钥',
    keyNone: '还没有通行密钥。打开极敏感信息和办理管理事项都要用它。',
    keyFlagged: '计数倒退,可能被复制,已停用',
    keyUsed: '上次使用 {{when}}',
    keyUnused: '还没用过',
    keyRemove: '移除',
    keyAddress: '通行密钥要求用域名访问(例如 https://localhost:8443),不能用 IP 地址。',
    sessions: '正在使用的会话',
    began: '登录时间',
    seen: '最近使用',
    strength: '强度',
    current: '本会话',
    end: '结束',
    password: '仅密码',
    'second-factor': '双因素',
    passkey: '通行密钥',
    none: '无',
    linked: '单点登录已关联。',
    sso: '单点登录',
    ssoLink: '关联 {{provider}}',
    ssoLinked: '已关联',
    ssoNone: '没有关联',
    ssoEnd: '解除关联',
  },
  {
    title: 'My sign-in',
    factors: 'Second factors',
    app: 'Authenticator app',
    appSince: 'since {{when}}',
    appNone: 'not set up',
    codes: 'Recovery codes',
    codesLeft: '{{count}} left',
    codesNew: 'Make new ones',
    keys: 'Passkeys',
    keyAdd: 'Add a passkey',
    keyName: 'Passkey',
    keyNone: 'No passkey yet. Highly sensitive items and all administration ask for one.',
    keyFlagged: 'its counter went back, perhaps a copy; out of use',
    keyUsed: 'last used {{when}}',
    keyUnused: 'never used',
    keyRemove: 'Remove',
    keyAddress: 'Passkeys need a host name (for example https://localhost:8443), not an IP address.',
    sessions: 'Live sessions',
    began: 'Signed in',
    seen: 'Last used',
    strength: 'Strength',
    current: 'This session',
    end: 'End',
    password: 'Password only',
    'second-factor': 'Two factors',
    passkey: 'Passkey',
    none: 'None',
    linked: 'Single sign-on is linked.',
    sso: 'Single sign-on',
    ssoLink: 'Link {{provider}}',
    ssoLinked: 'linked',
    ssoNone: 'not linked',
    ssoEnd: 'Unlink',
  },
);

type Entry = Schemas['SessionEntry'];

/** One's own factors and sessions (R37, R38). */
export default function OwnAccount() {
  const say = useWords(words);
  const language = useLanguage();
  const me = useMe();
  const queries = useQueryClient();
  const [fault, setFault] = useState<unknown>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const factors = useQuery({ queryKey: ['factors'], queryFn: () => call(() => api.GET('/v1/session/factors')) });
  const keys = useQuery({ queryKey: ['passkeys'], queryFn: () => call(() => api.GET('/v1/session/factors/passkeys')) });
  const providers = useQuery({ queryKey: ['sso'], queryFn: () => callPlainly(() => api.GET('/v1/sign-in/sso')), staleTime: Number.POSITIVE_INFINITY });
  const sessions = useQuery({ queryKey: ['sessions'], queryFn: () => call(() => api.GET('/v1/sessions')) });

  const run = async (act: () => Promise<unknown>) => {
    setFault(null);
    try {
      await act();
      await queries.invalidateQueries({ predicate: (query) => ['factors', 'passkeys', 'sessions', 'session'].includes(query.queryKey[0] as string) });
    } catch (thrown) {
      if (!wasDismissed(thrown)) setFault(thrown);
    }
  };
  // The provider asks who one is there and sends the browser back.
  const link = (provider: string) => run(async () => location.assign((await call(() => api.POST('/v1/session/sso', { body: { provider } }))).url));
  const addKey = () =>
    run(async () => {
      const options = await call(() => api.POST('/v1/session/factors/passkeys/options'));
      const body = await enrol(options, say('keyName'));
      const made = await call(() => api.POST('/v1/session/factors/passkeys', { body }));
      if (made.recoveryCodes.length > 0) setCodes(made.recoveryCodes);
    });

  if (codes)
    return (
      <section className="panel stack" style={{ maxWidth: 480 }}>
        <RecoveryCodes codes={codes} onKept={() => setCodes(null)} />
      </section>
    );
  return (
    <>
      <h1>{say('title')}</h1>
      {new URLSearchParams(location.search).get('sso') === 'linked' && <Alert type="success" showIcon={false} title={say('linked')} />}
      {fault !== null && <ProblemNote fault={fault} />}
      <section className="panel stack" style={{ maxWidth: 720 }} aria-label={say('factors')}>
        <h2>{say('factors')}</h2>
        <Listing asked={factors} isEmpty={() => false}>
          {(own) => (
            <ul className="todos">
              <li className="row">
                <span>{say('app')}</span>
                <span className="spread" />
                <span className="quiet num">{own.totpSince != null ? say('appSince', { when: when(own.totpSince, language) }) : say('appNone')}</span>
              </li>
              <li className="row">
                <span>{say('codes')}</span>
                <span className="spread" />
                <span className="quiet num">{say('codesLeft', { count: own.recoveryCodesLeft })}</span>
                <Button
                  size="small"
                  onClick={() => void run(async () => setCodes((await call(() => api.POST('/v1/session/factors/recovery-codes'))).recoveryCodes))}
                >
                  {say('codesNew')}
                </Button>
              </li>
              {[...new Set([...(providers.data?.providers ?? []), ...own.sso])].map((provider) => {
                const linked = own.sso.includes(provider);
                return (
                  <li key={provider} className="row">
                    <span>
                      {say('sso')} · {provider}
                    </span>
                    <span className="spread" />
                    <span className="quiet">{say(linked ? 'ssoLinked' : 'ssoNone')}</span>
                    {linked ? (
                      <Button
                        size="small"
                        onClick={() => void run(() => call(() => api.DELETE('/v1/session/sso/{provider}', { params: { path: { provider } } })))}
                      >
                        {say('ssoEnd')}
                      </Button>
                    ) : (
                      <Button size="small" onClick={() => void link(provider)}>
                        {say('ssoLink', { provider })}
                      </Button>
                    )}
                  </li>
                );
              })}
            </ul>
          )}
        </Listing>
        <div className="row">
          <h2>{say('keys')}</h2>
          <span className="spread" />
          {passkeysWork() && (
            <Button size="small" onClick={() => void addKey()}>
              {say('keyAdd')}
            </Button>
          )}
        </div>
        {!passkeysWork() && <p className="quiet">{say('keyAddress')}</p>}
        <Listing asked={keys} isEmpty={(list) => list.length === 0} empty={say('keyNone')}>
          {(list) => (
            <ul className="todos">
              {list.map((key) => (
                <li key={key.id} className="row">
                  <span>{key.name}</span>
                  <span className="spread" />
                  <span className={key.flagged ? 'bad' : 'quiet num'}>
                    {key.flagged ? say('keyFlagged') : key.lastUsed ? say('keyUsed', { when: when(key.lastUsed, language) }) : say('keyUnused')}
                  </span>
                  <Button
                    size="small"
                    onClick={() => void run(() => call(() => api.DELETE('/v1/session/factors/passkeys/{id}', { params: { path: { id: key.id } } })))}
                  >
                    {say('keyRemove')}
                  </Button>
                </li>
              ))}
            </ul>
          )}
        </Listing>
      </section>
      <section className="panel stack" style={{ maxWidth: 720 }} aria-label={say('sessions')}>
        <h2>{say('sessions')}</h2>
        <Listing asked={sessions} isEmpty={(list) => list.length === 0}>
          {(list) => (
            <Rows<Entry>
              label={say('sessions')}
              rows={list}
              id={(row) => row.id}
              columns={[
                { key: 'began', title: say('began'), num: true, cell: (row) => when(row.created, language) },
                { key: 'seen', title: say('seen'), num: true, cell: (row) => when(row.lastSeen, language) },
                { key: 'strength', title: say('strength'), cell: (row) => say(row.strength) },
                {
                  key: 'end',
                  title: say('end'),
                  unseen: true,
                  plain: true,
                  cell: (row) =>
                    row.id === me.session.id ? (
                      <span className="quiet">{say('current')}</span>
                    ) : (
                      <Button size="small" onClick={() => void run(() => call(() => api.DELETE('/v1/sessions/{id}', { params: { path: { id: row.id } } })))}>
                        {say('end')}
                      </Button>
                    ),
                },
              ]}
            />
          )}
        </Listing>
      </section>
      <OwnContact />
    </>
  );
}
