import { api, call } from '../../api/client';
import type { Todo, TodoSource } from '../../shell/pages';

const soon = 14 * 24 * 3600_000;

const texts: Record<string, { lapsed: Todo['title']; ending: Todo['title']; to: string }> = {
  nda: {
    lapsed: { zh: '保密协议已到期,签署后即可继续查看明文。', en: 'Your confidentiality agreement has ended. Sign it to see values in clear again.' },
    ending: { zh: '保密协议快到期了,请提前签署。', en: 'Your confidentiality agreement ends soon. Sign it again.' },
    to: 'settings/nda',
  },
  training: {
    lapsed: {
      zh: '保护培训已过期,学完考过即刻恢复;在此之前只显示脱敏内容。',
      en: 'Your training has lapsed; until you pass again, you see masked values only.',
    },
    ending: { zh: '保护培训快到期了,请安排学习。', en: 'Your training ends soon. Plan the course.' },
    to: 'settings',
  },
};

/** Own duties that lapsed or are about to. */
export const todos: TodoSource[] = [
  {
    key: 'duties',
    sees: () => true,
    load: async () => {
      const duties = await call(() => api.GET('/v1/duties'));
      const now = Date.now();
      return duties.flatMap((duty): Todo[] => {
        const text = texts[duty.duty];
        if (!text || (duty.inForce && (duty.until ?? 0) > now + soon)) return [];
        return [{ key: `duty-${duty.duty}`, title: duty.inForce ? text.ending : text.lapsed, due: duty.until, to: text.to, urgent: !duty.inForce }];
      });
    },
  },
];
