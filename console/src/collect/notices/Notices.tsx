import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useId } from 'react';
import { useSearchParams } from 'react-router';
import { api, call, type Schemas } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { defineWords, useLanguage, useSay, useWords } from '../../shell/words';
import { NextVersion } from './Draft';
import { diff } from './diff';
import './notices.css';

type Notice = Schemas['NoticeView'];

const words = defineWords(
  'notices',
  {
    title: '告知书',
    hint: '发布过的版本不会再变;客户同意的始终是当时那一版的原文。',
    none: '还没有表单用到告知书。',
    notice: '告知书',
    version: '版本',
    compare: '与哪一版比较',
    alone: '不比较',
    label: '第 {{n}} 版',
    published: '已发布 · {{date}}',
    draft: '草稿 · {{date}}',
    purposes: '用途',
    items: '信息项',
    digest: '内容摘要',
    added: '新增',
    removed: '删去',
    same: '两版的文字一样。',
  },
  {
    title: 'Privacy notices',
    hint: 'A published version never changes; a customer has always agreed to the words of the version of that day.',
    none: 'No form uses a notice yet.',
    notice: 'Notice',
    version: 'Version',
    compare: 'Compare with',
    alone: 'nothing',
    label: 'Version {{n}}',
    published: 'published · {{date}}',
    draft: 'draft · {{date}}',
    purposes: 'Purposes',
    items: 'Items',
    digest: 'Digest of the content',
    added: 'added',
    removed: 'removed',
    same: 'The words of both versions are the same.',
  },
);

/** Any version of a notice, and what changed between two of them. */
export default function Notices() {
  const say = useWords(words);
  const language = useLanguage();
  const id = useId();
  const [address, setAddress] = useSearchParams();
  const asked = useQuery({
    queryKey: ['notices-used'],
    queryFn: async () => {
      const { forms } = await call(() => api.GET('/v1/forms'));
      const keys = [...new Set(forms.flatMap((form) => [form.open?.form.notice, form.draft?.form.notice]).filter((key) => key !== undefined))].sort();
      return Promise.all(keys.map((key) => call(() => api.GET('/v1/notices/{key}', { params: { path: { key } } }))));
    },
    staleTime: 60_000,
  });
  return (
    <>
      <h1>{say('title')}</h1>
      <p className="quiet">{say('hint')}</p>
      <Listing asked={asked} isEmpty={(notices) => notices.length === 0} empty={say('none')}>
        {(notices) => {
          const current = notices.find((one) => one.key === address.get('notice')) ?? (notices[0] as Notice);
          // The one after the version in force may stand as a draft.
          const version = Math.min(Math.max(Number(address.get('version')) || current.version, 1), current.version + 1);
          const against = Math.min(Math.max(Number(address.get('against')) || 0, 0), current.version);
          const put = (change: Record<string, string>) =>
            setAddress({ notice: current.key, version: String(version), ...(against > 0 && { against: String(against) }), ...change });
          const last = Math.max(version, current.version);
          const versions = Array.from({ length: last }, (_, i) => last - i);
          return (
            <>
              <div className="panel row choose">
                <label htmlFor={`${id}notice`}>
                  <span>{say('notice')}</span>
                  <Select
                    id={`${id}notice`}
                    value={current.key}
                    onChange={(key: string) => setAddress({ notice: key })}
                    options={notices.map((one) => ({ value: one.key, label: one[language].split('\n')[0] ?? one.key }))}
                  />
                </label>
                <label htmlFor={`${id}version`}>
                  <span>{say('version')}</span>
                  <Select
                    id={`${id}version`}
                    value={version}
                    onChange={(n: number) => put({ version: String(n) })}
                    options={versions.map((n) => ({ value: n, label: say('label', { n }) }))}
                  />
                </label>
                <label htmlFor={`${id}against`}>
                  <span>{say('compare')}</span>
                  <Select
                    id={`${id}against`}
                    value={against}
                    onChange={(n: number) => put({ against: String(n) })}
                    options={[
                      { value: 0, label: say('alone') },
                      ...versions.filter((n) => n !== version).map((n) => ({ value: n, label: say('label', { n }) })),
                    ]}
                  />
                </label>
              </div>
              <NextVersion key={current.key} current={current} />
              <Shown notice={current.key} version={version} against={against === version ? 0 : against} />
            </>
          );
        }}
      </Listing>
    </>
  );
}

/** Its pieces apart from one another: as one block nobody finds the one he looks for. */
const apart = (text: string): string => text.replaceAll('\n', '\n\n');

function Shown({ notice, version, against }: { notice: string; version: number; against: number }) {
  const say = useWords(words);
  const tell = useSay();
  const language = useLanguage();
  const me = useMe();
  const asked = useQuery({
    queryKey: ['notice', notice, version, against],
    queryFn: async () => {
      const one = (n: number) => call(() => api.GET('/v1/notices/{key}/{version}', { params: { path: { key: notice, version: n } } }));
      return { shown: await one(version), older: against > 0 ? await one(against) : null };
    },
    staleTime: 60_000,
  });
  const named = (list: readonly { key: string; zh: string; en: string }[], keys: readonly unknown[]) =>
    (keys as string[]).map((key) => tell(list.find((one) => one.key === key) ?? { zh: key, en: key })).join(tell({ zh: ';', en: '; ' }));
  return (
    <Listing asked={asked} isEmpty={() => false}>
      {({ shown, older }) => {
        const pieces = older ? diff(apart(older[language]), apart(shown[language])) : null;
        return (
          <section className="panel stack" aria-label={say('notice')}>
            <p className="row choose">
              <strong>{say('label', { n: shown.version })}</strong>
              <span className={shown.published ? 'good' : 'warn'}>{say(shown.published ? 'published' : 'draft', { date: shown.date })}</span>
            </p>
            {pieces?.every((piece) => piece.kind === 'same') && <p role="status">{say('same')}</p>}
            <div className="notice-words">
              {pieces === null
                ? apart(shown[language])
                : pieces.map((piece, i) => {
                    // Pieces have no name of their own; their order is all they are.
                    const key = `${i}${piece.kind}`;
                    if (piece.kind === 'same') return <span key={key}>{piece.text}</span>;
                    return piece.kind === 'gone' ? (
                      <del key={key}>
                        <span className="hidden-from-sight">[{say('removed')}] </span>
                        {piece.text}
                      </del>
                    ) : (
                      <ins key={key}>
                        <span className="hidden-from-sight">[{say('added')}] </span>
                        {piece.text}
                      </ins>
                    );
                  })}
            </div>
            <dl>
              <dt className="quiet">{say('purposes')}</dt>
              <dd>{named(me.words.purposes, shown.purposes)}</dd>
              <dt className="quiet">{say('items')}</dt>
              <dd>{named(me.words.items, shown.items)}</dd>
              <dt className="quiet">{say('digest')}</dt>
              <dd>
                <code className="digest">{shown.digest}</code>
              </dd>
            </dl>
          </section>
        );
      }}
    </Listing>
  );
}
