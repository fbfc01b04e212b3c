import { defineWords } from '../../shell/words';

export const reviewWords = defineWords(
  'review-states',
  {
    'campaign-open': '进行中',
    'campaign-overdue': '已到期',
    'campaign-closed': '已结束',
    open: '待决定',
    confirmed: '已确认',
    reduced: '已减少',
    revoked: '已撤销',
    suspended: '到期停用',
    escalated: '到期,须尽快决定',
  },
  {
    'campaign-open': 'open',
    'campaign-overdue': 'overdue',
    'campaign-closed': 'closed',
    open: 'undecided',
    confirmed: 'confirmed',
    reduced: 'reduced',
    revoked: 'revoked',
    suspended: 'suspended',
    escalated: 'overdue, decide soon',
  },
);
