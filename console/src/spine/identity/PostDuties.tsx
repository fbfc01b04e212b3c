import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input } from 'antd';
import { useState } from 'react';
import { api, call, type Schemas } from '../../api/client';
import { FormEnd } from '../../shell/FormEnd';
import { Listing } from '../../shell/Listing';
import { useMe } from '../../shell/me';
import { Rows } from '../../shell/Rows';
import { companyDayOf } from '../../shell/time';
import { useRun } from '../../shell/useRun';
import { defineWords, useLanguage, useSay, useWords } from '../../shell/words';

const words = defineWords(
  'post-duties',
  {
    title: '岗位的信息保护职责',
    none: '还没有岗位。',
    post: '岗位',
    duties: '职责',
    unwritten: '还没有写明',
    since: '{{when}} 修改',
    change: '修改…',
    changing: '修改岗位职责',
    zh: '中文',
    en: '英文',
    save: '保存',
  },
  {
    title: 'What each post answers for',
    none: 'No posts yet.',
    post: 'Post',
    duties: 'Duties',
    unwritten: 'not written yet',
    since: 'changed {{when}}',
    change: 'Change…',
    changing: 'Change the duties of a post',
    zh: 'Chinese',
    en: 'English',
    save: 'Save',
  },
);

type Post = Schemas['PostView'];

/** The duties of posts in words; the data protection officer words them (R9, R10). */
export function PostDuties() {
  const say = useWords(words);
  const tell = useSay();
  const language = useLanguage();
  const me = useMe();
  const [editing, setEditing] = useState<Post | null>(null);
  const asked = useQuery({ queryKey: ['posts'], queryFn: () => call(() => api.GET('/v1/posts')) });
  const writes = me.policies.has('posts.manage');
  return (
    <section className="panel stack" aria-label={say('title')}>
      <h2>{say('title')}</h2>
      <Listing asked={asked} isEmpty={(list) => list.length === 0} empty={say('none')}>
        {(list) => (
          <Rows<Post>
            label={say('title')}
            rows={list}
            id={(one) => one.post}
            columns={[
              { key: 'post', title: say('post'), plain: true, cell: (one) => <strong>{tell(one)}</strong> },
              {
                key: 'duties',
                title: say('duties'),
                plain: true,
                cell: (one) => (
                  <>
                    {tell({ zh: one.dutiesZh, en: one.dutiesEn }) || <span className="warn">{say('unwritten')}</span>}
                    {one.changed != null && <span className="quiet num"> · {say('since', { when: companyDayOf(one.changed, language) })}</span>}
                  </>
                ),
              },
              writes && {
                key: 'change',
                title: '',
                plain: true,
                cell: (one) => (
                  <div className="acts-cell">
                    <Button size="small" onClick={() => setEditing(one)}>
                      {say('change')}
                    </Button>
                  </div>
                ),
              },
            ]}
          />
        )}
      </Listing>
      {editing && <Edit post={editing} onClose={() => setEditing(null)} />}
    </section>
  );
}

function Edit({ post, onClose }: { post: Post; onClose: () => void }) {
  const say = useWords(words);
  const tell = useSay();
  const queries = useQueryClient();
  const { fault, busy, run } = useRun();
  const save = (typed: { zh: string; en: string }) =>
    run(async () => {
      await call(() => api.PUT('/v1/posts/{post}/duties', { params: { path: { post: post.post } }, body: { ...typed, version: post.version } }));
      await queries.invalidateQueries({ queryKey: ['posts'] });
      onClose();
    });
  const needed = [{ required: true, whitespace: true, message: '' }];
  return (
    <Drawer open title={`${say('changing')} · ${tell(post)}`} onClose={onClose}>
      <Form<{ zh: string; en: string }>
        layout="vertical"
        requiredMark={false}
        initialValues={{ zh: post.dutiesZh, en: post.dutiesEn }}
        onFinish={(typed) => void save(typed)}
      >
        <Form.Item name="zh" label={say('zh')} rules={needed}>
          <Input.TextArea rows={6} maxLength={2000} />
        </Form.Item>
        <Form.Item name="en" label={say('en')} rules={needed}>
          <Input.TextArea rows={6} maxLength={2000} />
        </Form.Item>
        <FormEnd fault={fault} busy={busy}>
          {say('save')}
        </FormEnd>
      </Form>
    </Drawer>
  );
}
