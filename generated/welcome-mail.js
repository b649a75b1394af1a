// Generated from the templates by the build. Do not edit.
import { escapeHtml } from '#shared/http/response.ts';

export const html = (it) => {
  const __eta = { res: '', e: escapeHtml };
  __eta.res+='<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n<meta name="supported-color-schemes" content="light dark">\n<title>Welcome to our site!</title>\n<style>\n:root { color-scheme: light dark; }\n@media (prefers-color-scheme: dark) {\n.page { background: #0e1117 !important; }\n.card { background: #171b24 !important; }\n.text { color: #e8eaf0 !important; }\n.note { background: #10141c !important; }\n.soft { color: #a3abbd !important; }\n}\n@media (max-width: 600px) { .pad { padding-left: 24px !important; padding-right: 24px !important; } }\n</style>\n</head>\n<body class="page" style="margin:0;padding:0;background:#f5f6fa;">\n<div role="main" lang="en">\n<div style="display:none;max-height:0;overflow:hidden;">Your registration is complete: from now on you can sign in.</div>\n<table class="page" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f5f6fa" style="background:#f5f6fa;">\n<tr>\n<td align="center" style="padding:32px 16px;">\n<table class="card" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" style="max-width:560px;background:#ffffff;border-radius:16px;overflow:hidden;font-family:system-ui,-apple-system,\'Segoe UI\',Roboto,Helvetica,Arial,sans-serif;">\n<tr>\n<td class="pad" bgcolor="#4338ca" style="padding:36px 40px;background:#4338ca;background-image:linear-gradient(120deg,#4338ca,#0b7a75);">\n<h1 style="margin:0;color:#ffffff;font-size:28px;line-height:1.25;letter-spacing:-0.5px;">Welcome to our site!</h1>\n</td>\n</tr>\n<tr>\n<td class="pad text" style="padding:32px 40px 8px;color:#171b26;font-size:16px;line-height:1.6;">\n<p style="margin:0 0 16px;font-size:18px;"><strong>Thank you for creating account!</strong></p>\n<p style="margin:0 0 20px;">Your registration is complete. From now on you can sign in with</p>\n<p class="note" style="margin:0 0 20px;padding:14px 18px;border-left:4px solid #0b7a75;border-radius:8px;background:#f5f6fa;font-weight:600;word-break:break-word;">';
  __eta.res+=__eta.e(it.userEmail);
  __eta.res+='</p>\n<p style="margin:0 0 20px;">and the password that you have chosen. Keep that password to yourself: none of us will ever ask you for it.</p>\n</td>\n</tr>\n<tr>\n<td class="pad soft" style="padding:8px 40px 32px;color:#555d70;font-size:13px;line-height:1.5;">\n<p style="margin:0;">This mail went to you because somebody registered with your address. If it was not you, please ignore this mail.</p>\n</td>\n</tr>\n</table>\n</td>\n</tr>\n</table>\n</div>\n</body>\n</html>\n';
  return __eta.res;
};
export const text = (it) => {
  const __eta = { res: '', e: escapeHtml };
  __eta.res+='Thank you for creating account!\n\nYour registration is complete. From now on you can sign in with\n';
  __eta.res+=it.userEmail;
  __eta.res+='\nand the password that you have chosen.\n\nKeep that password to yourself: none of us will ever ask you for it.\n\n--\nThis mail went to ';
  __eta.res+=it.userEmail;
  __eta.res+=' because somebody registered with that\naddress. If it was not you, please ignore this mail.\n';
  return __eta.res;
};
