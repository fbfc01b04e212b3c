import type { Two } from '../../shell/words';

/** What each notice is about (NoticeTemplates). */
export const templates: Record<string, Two> = {
  'password-changed': { zh: '密码已更改', en: 'Password changed' },
  'password-reset': { zh: '密码被重置', en: 'Password reset' },
  'identity-linked': { zh: '账号关联了单点登录', en: 'Single sign-on linked' },
  'contact-changed': { zh: '通知地址已更改', en: 'Notice address changed' },
  'log-alarm': { zh: '日志告警', en: 'Log alarm' },
  'approval-waiting': { zh: '有申请等审批', en: 'A request waits' },
  'approval-escalated': { zh: '申请无人答复', en: 'A request without an answer' },
  'approval-nobody': { zh: '当班协同人不够', en: 'Too few on duty can approve' },
  'approval-given': { zh: '申请已批准', en: 'Request approved' },
  'approval-refused': { zh: '申请未获批准', en: 'Request refused' },
  'approval-expired': { zh: '申请已失效', en: 'Request ended unanswered' },
  'break-glass': { zh: '启用应急访问', en: 'Emergency opened' },
  'break-glass-review-due': { zh: '应急访问等复核', en: 'Emergency access waits for review' },
  'break-glass-review-overdue': { zh: '应急访问复核逾期', en: 'Review of an emergency overdue' },
  'work-order': { zh: '工单下发授权', en: 'Grant by a ticket' },
  'review-opened': { zh: '权限复核开始', en: 'Access review begun' },
  'review-due': { zh: '权限复核将到期', en: 'Access review ends soon' },
  'review-overdue': { zh: '权限复核到期', en: 'Access review overdue' },
  'alert-raised': { zh: '出现告警', en: 'Alert raised' },
  'alert-waiting': { zh: '告警无人接手', en: 'Alert nobody took' },
  'check-finding': { zh: '日志检查发现问题', en: 'Finding of a log check' },
  'check-result': { zh: '日志检查结果', en: 'Result of a log check' },
  'check-unread': { zh: '日志检查结果无人确认', en: 'Result of a log check not acknowledged' },
  'check-overdue': { zh: '日志检查逾期', en: 'Log check overdue' },
};
