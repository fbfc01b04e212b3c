import { useQuery } from '@tanstack/react-query';
import { api, call, type Schemas } from '../../api/client';
import { LevelMark } from '../../shell/LevelMark';
import { useMe } from '../../shell/me';
import { companyDayOf } from '../../shell/time';
import { defineWords, useLanguage, useSay, useWords } from '../../shell/words';
import { scopeWords, useClientName } from '../identity/clientNames';
import { useNames, usePostName, useUnits } from '../identity/organisation';
import { Who } from '../identity/Who';

const words = defineWords(
  'rights',
  {
    post: '岗位 {{post}} · {{unit}}',
    authorisation: '使用授权:{{purpose}}',
    list: '受控名单 {{list}}',
    scope: '接口 {{client}} 可以:{{scope}}',
    forPost: '给岗位 {{post}}',
    forClient: '给接口 {{client}}',
    items: '{{count}} 项信息',
    until: '到 {{when}}',
    never: '没有用过',
    unused: '90 天未用',
    uses: '90 天内 {{count}} 次',
    given: '{{when}} 起',
    last: '最近 {{when}}',
  },
  {
    post: 'Post {{post}} · {{unit}}',
    authorisation: 'Use authorisation: {{purpose}}',
    list: 'Controlled list {{list}}',
    scope: 'Client {{client}} may: {{scope}}',
    forPost: 'for the post {{post}}',
    forClient: 'for the client {{client}}',
    items: '{{count}} {{count|item|items}}',
    until: 'until {{when}}',
    never: 'never used',
    unused: 'unused for 90 days',
    uses: '{{count}}× in 90 days',
    given: 'given {{when}}',
    last: 'last {{when}}',
  },
);

type Right = Pick<Schemas['LineView'], 'kind' | 'level' | 'person' | 'post' | 'unit' | 'client' | 'authorisation' | 'list' | 'purpose' | 'until' | 'scope'> & {
  items?: readonly unknown[];
};

/** The lists' names, for who keeps them; others read an id. */
function useListName(): (id: string) => string {
  const me = useMe();
  const asked = useQuery({
    queryKey: ['customer-lists'],
    staleTime: 60_000,
    enabled: me.policies.has('lists.manage'),
    queryFn: async () => (await call(() => api.GET('/v1/customer-lists'))).lists,
  });
  return (id) => asked.data?.find((one) => one.id === id)?.list.name ?? id.slice(0, 8);
}

/** What a right is, and beside it for whom, where no person holds it. */
function useRight(): { what: (right: Right) => string; beside: (right: Right) => string } {
  const say = useWords(words);
  const tell = useSay();
  const me = useMe();
  const post = usePostName();
  const units = useUnits();
  const list = useListName();
  const purpose = (key: string) => tell(me.words.purposes.find((one) => one.key === key) ?? { zh: key, en: key });
  const name = useClientName();
  const client = (right: Right) => name(right.client ?? '');
  return {
    what: (right) => {
      switch (right.kind) {
        case 'post':
          return say('post', { post: post(right.post ?? ''), unit: right.unit ? units.nameOf(right.unit) : '–' });
        case 'authorisation':
          return say('authorisation', { purpose: purpose(right.purpose ?? '') });
        case 'list':
          return say('list', { list: list(right.list ?? '') });
        case 'scope':
          return say('scope', { client: client(right), scope: right.scope ? tell(scopeWords[right.scope]) : '' });
      }
    },
    beside: (right) => {
      const forPost = right.kind !== 'post' && right.post && say('forPost', { post: post(right.post) });
      const forClient = right.kind !== 'scope' && right.client && say('forClient', { client: client(right) });
      return [forPost, forClient].filter(Boolean).join(' · ');
    },
  };
}

/** Whose right it is and which, in one string: it names what a button decides. */
export function useRightName(): (right: Right) => string {
  const { what, beside } = useRight();
  const { nameOf } = useNames();
  return (right) => [right.person && nameOf(right.person), what(right), beside(right)].filter(Boolean).join(' · ');
}

/** A right in words: who holds what, where, how far. */
export function RightWords({ right }: { right: Right }) {
  const say = useWords(words);
  const tell = useSay();
  const language = useLanguage();
  const me = useMe();
  const { what, beside } = useRight();
  const item = (key: string) => tell(me.words.items.find((one) => one.key === key) ?? { zh: key, en: key });
  const items = (right.items ?? []) as string[];
  return (
    <>
      <LevelMark level={Number(right.level)} />{' '}
      {right.person && (
        <>
          <Who id={right.person} /> ·{' '}
        </>
      )}
      {what(right)}
      {beside(right) !== '' && <span className="quiet"> · {beside(right)}</span>}
      {right.kind === 'authorisation' && items.length > 0 && (
        <span className="quiet" title={items.map(item).join(tell({ zh: '、', en: ', ' }))}>
          {' '}
          · {say('items', { count: items.length })}
        </span>
      )}
      {right.until != null && <span className="quiet num"> · {say('until', { when: companyDayOf(right.until, language) })}</span>}
    </>
  );
}

/** How it was used. What lay unused through the whole time says so; what is younger says since when it is held. */
export function UseWords({ lastUse, uses, lapsed = false, from }: { lastUse: number | null; uses?: number; lapsed?: boolean; from?: number | null }) {
  const say = useWords(words);
  const language = useLanguage();
  const day = (at: number) => companyDayOf(at, language);
  return (
    <>
      {lapsed && <span className="tag warn">{say('unused')}</span>}{' '}
      {uses !== undefined && uses > 0 && <span className="num">{say('uses', { count: uses })} </span>}
      <span className="quiet num together">
        {lastUse == null ? say('never') : say('last', { when: day(lastUse) })}
        {lastUse == null && !lapsed && from != null && ` · ${say('given', { when: day(from) })}`}
      </span>
    </>
  );
}
