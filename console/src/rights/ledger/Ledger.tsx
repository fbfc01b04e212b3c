import { Button, Drawer } from 'antd';
import { useCallback, useEffect, useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { Loading } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { Rows } from '../../shell/Rows';
import { exactly } from '../../shell/time';
import { defineWords, useLanguage, useSay, useWords } from '../../shell/words';

const words = defineWords(
  'ledger',
  {
    title: '谁看过我的信息',
    hint: '显示岗位、单位和用途,不显示同事是谁(个保法第四十四、四十五条)。',
    at: '时间',
    who: '岗位与单位',
    purpose: '用途',
    items: '信息项',
    clear: '其中明文:{{items}}',
    more: '更早的',
    system: '系统 {{name}}',
    customer: '客户本人',
    none: '没有记录。',
  },
  {
    title: 'Who has seen my information',
    hint: 'Post, unit and purpose; never which colleague (PIPL 44, 45).',
    at: 'When',
    who: 'Post and unit',
    purpose: 'Purpose',
    items: 'Items',
    clear: 'in clear: {{items}}',
    more: 'Earlier',
    system: 'System {{name}}',
    customer: 'The customer',
    none: 'No entries.',
  },
);

type Line = Schemas['LedgerLine'];

/** The customer's ledger, newest first. */
export default function Ledger({ customer, onClose }: { customer: string; onClose: () => void }) {
  const say = useWords(words);
  const tell = useSay();
  const language = useLanguage();
  const me = useMe();
  const [lines, setLines] = useState<Line[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(true);
  const load = useCallback(
    async (after: string | null) => {
      setBusy(true);
      setFault(null);
      try {
        const page = await call(() => api.GET('/v1/customers/{id}/ledger', { params: { path: { id: customer }, query: after ? { after } : {} } }));
        setLines((before) => (after ? [...before, ...page.lines] : page.lines));
        setNext(page.next ?? null);
      } catch (thrown) {
        setFault(thrown);
      } finally {
        setBusy(false);
      }
    },
    [customer],
  );
  useEffect(() => void load(null), [load]);

  const named = (list: readonly { key: string; zh: string; en: string }[], key: string) => tell(list.find((one) => one.key === key) ?? { zh: key, en: key });
  const items = (keys: readonly unknown[]) => (keys as string[]).map((key) => named(me.words.items, key)).join(tell({ zh: '、', en: ', ' }));
  const who = (line: Line) =>
    line.system
      ? say('system', { name: line.system })
      : line.posts.map((held) => `${named(me.words.posts, held.post)}${held.unit ? ` · ${held.unit}` : ''}`).join(', ') || say('customer');
  return (
    <Drawer open title={say('title')} onClose={onClose} size="large">
      <div className="stack">
        <p className="quiet">{say('hint')}</p>
        {fault !== null && <ProblemNote fault={fault} onAgain={() => void load(null)} />}
        {lines.length === 0 ? (
          busy ? (
            <Loading />
          ) : (
            fault === null && <p className="quiet empty">{say('none')}</p>
          )
        ) : (
          <Rows<Line>
            label={say('title')}
            rows={lines}
            id={(line) => line.id}
            columns={[
              { key: 'at', title: say('at'), num: true, cell: (line) => exactly(line.at, language) },
              { key: 'who', title: say('who'), cell: who },
              { key: 'purpose', title: say('purpose'), cell: (line) => line.purpose && named(me.words.purposes, line.purpose) },
              {
                key: 'items',
                title: say('items'),
                cell: (line) => (
                  <>
                    {items(line.items)}
                    {line.clear.length > 0 && <div className="warn">{say('clear', { items: items(line.clear) })}</div>}
                  </>
                ),
              },
            ]}
          />
        )}
        {next && (
          <Button onClick={() => void load(next)} loading={busy}>
            {say('more')}
          </Button>
        )}
      </div>
    </Drawer>
  );
}
