import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { ProblemNote } from '../../shell/Problem';
import { ReasonForm } from '../../shell/ReasonForm';
import { Rows } from '../../shell/Rows';
import { useRun } from '../../shell/useRun';
import { defineWords, useWords } from '../../shell/words';
import { Who } from '../identity/Who';
import type { Campaign, Line } from './lines';
import { reviewWords } from './reviewWords';
import { RightWords, UseWords } from './rightWords';

const words = defineWords(
  'second-look',
  {
    title: '抽样再看一遍',
    hint: '全部决定之后按种子抽取 5%,由另一个人再看;有异议的重新决定。',
    right: '权限',
    decision: '决定',
    look: '再看',
    agree: '同意',
    object: '有异议…',
    why: '哪里不对',
    go: '提出异议,重新决定',
    agreed: '已同意',
    none: '抽取的权限都还没有人决定,不用再看。',
  },
  {
    title: 'A second look',
    hint: 'Once everything is decided, 5% are drawn by a seed and looked at by somebody else; an objection opens the line again.',
    right: 'Right',
    decision: 'Decision',
    look: 'Second look',
    agree: 'Agree',
    object: 'Object…',
    why: 'What is wrong',
    go: 'Object: decide anew',
    agreed: 'agreed',
    none: 'Nobody has decided the drawn lines: there is nothing to look at.',
  },
);

/** The drawn lines, for whoever may look again: not one's own decision, not about oneself. */
export function Second({ campaign }: { campaign: Campaign }) {
  const say = useWords(words);
  const states = useWords(reviewWords);
  const me = useMe();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const [objecting, setObjecting] = useState<string | null>(null);
  const sample = campaign.sample as string[];
  const may = me.policies.has('reviews.second') && sample.length > 0 && campaign.state !== 'closed';
  const asked = useQuery({
    queryKey: ['access-review-lines', campaign.id, 'sample', sample.join()],
    enabled: may,
    queryFn: async () => {
      const found: Line[] = [];
      let after: string | null = null;
      do {
        const query: { after?: string } = after ? { after } : {};
        const page: Schemas['LinePage'] = await call(() => api.GET('/v1/access-reviews/{id}/lines', { params: { path: { id: campaign.id }, query } }));
        found.push(...page.lines.filter((line) => sample.includes(line.id)));
        after = page.next;
      } while (after !== null && found.length < sample.length);
      return found;
    },
  });
  if (!may) return null;
  const look = (line: string, verdict: Schemas['SecondVerdict'], reason?: string) =>
    run(async () => {
      await call(() =>
        api.POST('/v1/access-reviews/{id}/second', { params: { path: { id: campaign.id } }, body: { line, verdict, ...(reason && { reason }) } }),
      );
      setObjecting(null);
      await Promise.all(['access-review', 'access-review-lines', 'todo'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    });
  return (
    <section className="panel stack" aria-label={say('title')}>
      <h2>{say('title')}</h2>
      <p className="quiet">{say('hint')}</p>
      {fault !== null && <ProblemNote fault={fault} />}
      <Listing asked={asked} isEmpty={(lines) => lines.length === 0} empty={say('none')}>
        {(lines) => (
          <Rows<Line>
            label={say('title')}
            rows={lines}
            id={(line) => line.id}
            columns={[
              { key: 'right', title: say('right'), plain: true, cell: (line) => <RightWords right={line} /> },
              {
                key: 'decision',
                title: say('decision'),
                cell: (line) => (
                  <>
                    {states(line.state)} {line.decider && <Who id={line.decider} />}{' '}
                    <UseWords lastUse={line.lastUse} uses={line.uses} lapsed={line.preset === 'revoke'} from={line.from} />
                    {line.reason && <div className="quiet">{line.reason}</div>}
                  </>
                ),
              },
              {
                key: 'look',
                title: say('look'),
                plain: true,
                cell: (line) =>
                  line.second ? (
                    <span className="good">
                      {say('agreed')} · <Who id={line.second} />
                    </span>
                  ) : (
                    line.decider != null &&
                    line.decider !== me.session.person &&
                    line.person !== me.session.person && (
                      <div className="acts-cell start">
                        <Button size="small" disabled={busy} onClick={() => void look(line.id, 'agree')}>
                          {say('agree')}
                        </Button>
                        <Button size="small" disabled={busy} onClick={() => setObjecting(line.id)}>
                          {say('object')}
                        </Button>
                      </div>
                    )
                  ),
              },
            ]}
            below={(line) =>
              objecting === line.id ? (
                <ReasonForm
                  label={say('why')}
                  go={say('go')}
                  danger
                  busy={busy}
                  onLeave={() => setObjecting(null)}
                  onSend={(reason) => void look(line.id, 'object', reason)}
                />
              ) : null
            }
          />
        )}
      </Listing>
    </section>
  );
}
