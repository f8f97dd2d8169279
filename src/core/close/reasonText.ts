import { quoteText } from '../base/plainText.js';
import {
  ABSENT,
  any,
  CREDENTIALS,
  NOT_UNDERSTOOD,
  OFTEN,
  type ReasonMeaning,
  type ReasonRule,
  rule,
  SLOW,
  UNHEARD,
} from './reasonRule.js';

export type { ReasonMeaning } from './reasonRule.js';

/** The first that fits counts: what says most stands before what many texts hold. */
const rules: readonly ReasonRule[] = [
  {
    pattern: /"server_error_msg"\s*:\s*"((?:[^"\\]|\\.){0,300})/,
    read: (match) => ({
      kind: 'auth',
      meaning: `Hasura refused the initialisation: ${quoteText(match[1] ?? '')}.`,
      class: 'auth',
      reconnect: 'fix',
      action: 'Check the headers in the payload of `connection_init`.',
      source: 'hasura/graphql-engine#7696',
    }),
  },
  rule(
    'idle',
    /\bNET-?0001\b/i,
    'transient',
    'fix',
    'Commonly Deepgram: it received no audio and no KeepAlive message for 10 seconds.',
    'Send audio, or {"type":"KeepAlive"} every 5 seconds.',
    'developers.deepgram.com',
  ),
  rule(
    'format',
    /\bDATA-?0000\b/i,
    'protocol',
    'fix',
    'Commonly Deepgram: the audio could not be decoded.',
    'Check encoding and sample_rate in the URL.',
    'developers.deepgram.com',
  ),
  rule(
    'format',
    /\bunexpected (token|end|character|identifier|number|string|non-whitespace)\b|\b(not|in) (a )?valid JSON\b|\binvalid JSON\b|\bJSON ?(\.parse|decode|parse)/i,
    'protocol',
    'fix',
    'The words say that what was sent is no JSON, or not whole.',
    'Send JSON as the documentation of the server shows it: names and texts in double quotes, and all of it in one message.',
  ),
  rule(
    'format',
    /\bmethod (\S{1,60} )?(is )?(not (found|supported|available)|does not exist)|\b(unknown|unsupported|unrecogni[sz]ed|undefined) (method|command|action|operation|op(code)?|event|message|packet)\b/i,
    'protocol',
    'fix',
    'The words say that the server knows no such message or method.',
    'Compare the name of the message or method with what its documentation shows: upper and lower case may count.',
  ),
  rule(
    'heartbeat',
    any(
      /\b(heart-?beats?|pings?|pongs?|keep-?alives?)\b.{0,20}\b(time(d|s)?[ -]?out|missed|missing|lost|(not|never) (received|answered)|failed|expired)/,
      /\b(no|missed|missing|without) (a )?(heart-?beat|ping|pong|keep-?alive)/,
      /心跳超时/,
    ),
    'transient',
    'yes',
    'The words say that a heartbeat was missed.',
    'Send or answer the heartbeats of this protocol in time.',
  ),
  rule(
    'origin',
    /\borigins?\b|\bCORS\b|cross[- ]site(?! request forgery)/i,
    'auth',
    'fix',
    'The words speak of the Origin header.',
    'Send an origin that the server allows, or add this one to its list.',
  ),
  rule(
    'idle',
    /\b(due to|because of|after|for|from) (?:[\w.]+ ){0,4}(inactivity|idleness|being idle)\b|\b(idle|inactivity)[ _-]?time-?out\b|\b(no|without( any)?) (data|input|audio|activity|messages?|frames?|traffic) (was |were |has been )?(received|sent)\b/i,
    ...UNHEARD,
  ),
  rule(
    'auth',
    /\b(requires?|needs?|without) (?:an? |user |valid )*(authentication|authori[sz]ation|log-?in)\b/i,
    ...CREDENTIALS,
  ),
  rule(
    'lifetime',
    any(
      /\bmax(imum)?[ _-](session[ _-]|connection[ _-])?(duration|life-?time|age|length|time)\b/,
      /\b(session|connection|conversation)( has| is|'s)?( been)?( hit| reached| exceeded)?( the| its)?( max(imum)?| longest)? (duration|life-?time|time limit|length)\b/,
      /\b(duration|life-?time|time) limit\b|\bsession (has )?timed? ?out\b|\brefresh_requested\b|\bopen for (more than|over|too long)\b|\b24[ -]?h(ours?)?\b/,
    ),
    'transient',
    'yes',
    'The words speak of a limit on how long a connection or session may live, whatever its traffic.',
    'Connect anew, and let the client do so before that time is over.',
  ),
  rule(
    'duplicate',
    any(
      /\b(another|second|duplicated?) (active )?(connection|client|session|login|device|instance|socket|tab|consumer)\b|\b(other|different|new(er)?) (connection|session|login|device|instance|tab)\b.{0,30}\b(was|has|is|opened|established|replaced|with|from|took|connected|started)\b/,
      /\b(id|name|nick\w*|user ?name|stream|seat|port) (is )?(already )?in use\b|\balready (connected|logged[ -]?in|open|subscribed|in use|identified|authenticated|registered|exists)\b|\bduplicate_?(login|session|connection|client|id)/,
      /\b(logged in|signed in|connected|connection|session|opened) (from )?(elsewhere|somewhere else)\b|\b(connection|session|client) (was |has been |is )?(replaced|taken over|superseded|stolen)\b|\b(replaced|superseded|taken over) by\b|^(replaced|superseded|taken[ _]over)\W*$|\bsession_?taken_?over|\bkicked\b/,
      /(重复|异地|其他设备)登录/,
    ),
    'permanent',
    'fix',
    'The words say that the same client, account or id is connected a second time.',
    'Keep one connection for each client, account or id: end the other one, or give this one an id of its own.',
  ),
  rule('rate', /\blimit(ed|s)?\b.{0,30}(\/|\bper ) ?s(ec(ond)?)?\b/i, ...OFTEN),
  rule(
    'quota',
    any(
      /(?<!\b(connections?|concurren(t|cy)) )\bquotas?\b|\bcredits?\b(?!entials)|\binsufficient (balance|funds|credits?)\b|\bbilling\b|\bpayment (is )?(required|failed)\b/,
      /\b(upgrade|purchase|buy|exceeds?|exceeded|not (included|available|part)|requires?|needs?|your( current)?)\b.{0,40}\b(plan|subscription|tier|package|licen[cs]e)\b/,
      /\b(plan|tier|licen[cs]e|trial)[ _](limit|does(n't| not)|has (expired|ended)|expired|ended|required|exceeded)\b|\bsubscription[ _](does(n't| not)|has (expired|ended)|expired|ended|required)\b|\bfree tier\b|\binsufficient[_ ]subscription\b|\bnot entitled\b|\bdata[_ ]entitlements?\b/,
      /\b(daily|weekly|monthly|hourly)\b.{0,30}\b(limit|exceeded|count|cap|allowance)|\b(usage|spend(ing)?) (limit|cap)\b|欠费|余额|额度/,
    ),
    'limit',
    'fix',
    'The words speak of a quota, a balance or what the plan of the account includes: trying again changes nothing.',
    'Look at the plan and the usage of the account at the provider: raise it, or wait until it is counted anew.',
  ),
  rule(
    'rate',
    /\b(subscriptions?|channels?|topics?|symbols?|streams?|requests?)\b.{0,20}\b(per|for (this|one|a)) (client|connection|user|session|socket)\b|\bthreshold (was |is )?(exceeded|reached)\b/i,
    ...OFTEN,
  ),
  rule(
    'slow',
    /\bbuffer size .{0,30}\bfor session\b.{0,40}\bexceed|\bsend time\b.{0,60}\bexceed|\bsend limit\b|\b(send|write|outbound|output) buffer\b.{0,40}\bexceed/i,
    ...SLOW,
  ),
  rule(
    'connections',
    any(
      /\btoo[ _]many[ _]((open|active|concurrent|simultaneous|web)[ _]?)*(connections?|connects|clients|sessions|sockets|websockets|users|devices|streams)\b/,
      /\bmax(imum)?\b.{0,30}\b(connections|clients|sessions|sockets|users|concurrent|concurrency)\b/,
      /\b(connections?|session|concurren(t|cy)|client|user)s?\b.{0,30}\b(limit|exceeded|reached|maximum)\b|\blimit\b.{0,30}\b(connections|sessions|concurrent|clients)\b/,
      /\b(room|server|lobby|game|channel|instance|session) (is )?(already )?full\b|\bconnection_?limit|(连接|并发)数.{0,6}(超|上限|限制)/,
    ),
    'limit',
    'backoff',
    'The words speak of a limit on connections at the same time.',
    'End connections of this client, key or address that are no longer needed: some may still be open from runs before. Or raise the limit there.',
  ),
  rule(
    'size',
    any(
      /\b(message|payload|frame|packet|body|data|content|request|audio|buffer|event)\b.{0,30}\b(too (big|large|long)|exceeds?|exceeded|larger than|oversized?)\b/,
      /\b(max(imum)?|exceed(s|ed)?)\b.{0,30}\b(message|payload|frame|packet|body|buffer)[ _-]?(size|length|limit)?\b|\btoo (big|large|long)\b/,
    ),
    'limit',
    'fix',
    'The words say that a message was larger than the server takes.',
    'Send smaller messages, or raise the limit on the server and on every proxy before it.',
  ),
  rule(
    'rate',
    any(
      /rate[ _-]?limit|\btoo[ _]many\b|throttl|\bslow down\b|\bflood|\bspam/,
      /\b(requests?|messages?|subscriptions?|commands?|units?|calls?) (per|\/) ?(second|minute|hour|sec|min|s\b)/,
      /\b(request|message|subscription|channel|topic|symbol|stream)s?[ _](limit|count)\b|\blimit[ _](exceeded|reached)\b|\bexceed(s|ed)?\b.{0,40}\b(capacity|limit|rate|allowed|maximum)\b/,
      /(请求|访问|发送|调用).{0,4}(频繁|过快|频率)|限流|超限/,
    ),
    ...OFTEN,
  ),
  rule(
    'expired',
    /\b(reservation|seat|invitation|ticket|lease)\b.{0,20}\b(expired?|used up|already used|timed out)\b/i,
    'auth',
    'fix',
    'The words say that what was reserved or handed out beforehand has expired, or was used up.',
    'Ask for a new one over HTTP, and connect with it at once.',
  ),
  rule(
    'expired',
    /\b(token|jwt|certificate|assertion|signature)\b.{0,40}\b(not (yet )?valid yet|not yet valid|used (before|too early)|issued in the future)\b|\bnot[_ ](yet[_ ]valid|valid[_ ]yet)\b|\b(nbf|iat)\b.{0,10}\bclaim/i,
    'auth',
    'fix',
    'The words say that the credentials are not valid yet: the clock of who made them, or of the server, is wrong.',
    'Set both clocks right (NTP), or let the server allow some seconds of difference.',
  ),
  rule(
    'expired',
    any(
      /\b(token|jwt|session|credential|key|ticket|signature|certificate|cookie|login|auth(entication|orization)?|licen[cs]e|link|url|request|reservation|invitation|lease)s?\b.{0,20}\bexpired?\b/,
      /\bexpired[ _-]?(access[ _-]?)?(token|jwt|session|credential|key|ticket|signature|auth)|token ?expired|\bexp\b.{0,10}\bclaim|\blogin_?expired/,
      /(token|令牌|签名|密钥|登录|凭证).{0,4}(失效|过期)/,
    ),
    'auth',
    'fix',
    'The words say that the credentials expired.',
    'Get new ones before connecting; the clock of the machine that made them must be right too.',
  ),
  rule(
    'format',
    /\b(invalid|missing|wrong|bad) (?!auth|cookie|token|(x-)?api)[\w]+-[\w-]+ headers?\b/i,
    'protocol',
    'fix',
    'The words say that a header is missing, or has a value that is not taken.',
    'Send the header that the words name, with the value that its documentation shows.',
  ),
  rule(
    'expired',
    /\b(unknown|no such) client\b(?! ?(id|version|type))|\bsession\b.{0,20}\b(no longer|not) (valid|known|active)\b|\b(unknown|invalid|no such|stale) session( id)?\b|\bsession( id)? (is )?(unknown|invalid|not found|stale)\b/i,
    'auth',
    'fix',
    'The words say that the server does not know the session, or no longer.',
    'Begin a new session before connecting, and send what names it to the server that made it.',
  ),
  rule(
    'login-timeout',
    any(
      /\b(connection|session|client|socket) (is |was |has )?(not|never) (yet )?(been )?(initiali[sz]ed|identified|introduced)\b/,
      /\b(hello|handshake|identify|init|connection_init)( message| packet| request)? (is |was )?(required|expected|missing)\b|\bexpect(s|ed|ing) (a |an |the )?(hello|handshake|identify|init)\b/,
    ),
    'auth',
    'fix',
    'The words say that the first message, by which clients introduce themselves, is missing.',
    'Send what this server wants first, right after opening: a hello, a handshake or an initialisation in its own protocol.',
  ),
  rule(
    'login-timeout',
    any(
      /\b(auth\w*|log-?in|identify|identification|handshake|hello|initiali[sz]ation|init|connect|register|registration)\b.{0,20}\b(timed? ?-?out|timeout|too (late|slow)|within|in time)\b/,
      /\b(no|did ?n[o']t|not|never) (send |sent |receive[d]? )?(an? |any |the )?(auth\w*|identify|identification|handshake|log-?in|hello|init(iali[sz]ation)?|registration|connect) ?(message|packet|frame|request)?\b.{0,20}\b(received|sent|within|in time)\b/,
    ),
    'auth',
    'fix',
    'The words say that the first message, by which clients introduce themselves, did not come in time.',
    'Send what this server wants first, right after opening: a login, a handshake or an initialisation in its own protocol.',
  ),
  rule(
    'subprotocol',
    /sub-?protocol|sec-websocket-protocol|\bprotocol (was |is )?not (requested|acceptable|negotiated)\b/i,
    'protocol',
    'fix',
    'The words speak of the subprotocol.',
    'Offer the token that this server speaks: upper and lower case count.',
  ),
  rule(
    'format',
    /\b[\w-]+ headers? (is|are|was) (required|missing|mandatory)\b|\b(missing|requires?|required|must (have|include|set)) (the )?(required )?[\w-]+-[\w-]+ header\b/i,
    'protocol',
    'fix',
    'The words say that the request lacks a header.',
    'Send the header that the words name, with the value that its documentation shows.',
  ),
  rule(
    'version',
    any(
      /\bprotocol[ _-](version[ _-])?mismatch\b|\b(check|make sure|ensure)\b.{0,30}\b(client|app|application|sdk) is (updated|up to date)\b/,
      /\b(unsupported|outdated|obsolete|incompatible|deprecated|unacceptable|wrong|old|invalid|unknown) ((client|protocol|api|app|server|gateway) )*version|(?<!\bfound for (the )?(API )?)\bversion\b.{0,40}\b(not supported|unsupported|mismatch|too (old|new)|outdated|deprecated|incompatible|required|sunset|no longer)/,
      /\b(please )?(update|upgrade) (your|the) (client|app|application|sdk|version)\b|\b(client|app|sdk|server|protocol) (is )?(too (old|new)|outdated)\b|\b(API|SDK|client|protocol|endpoint|beta)\b.{0,20}\bno longer (supported|available)|\bapi_shape_disabled\b|\b(deprecated|sunset|removed) (api|endpoint|version|protocol)\b/,
    ),
    'protocol',
    'fix',
    'The words say that client and server are of versions that do not fit together.',
    'Use the version of the client, the API or the protocol that this server speaks; it is often in the path, the query, a header or the first message.',
  ),
  rule('format', /\b(invalid|unsupported|unknown|unexpected) value\b|\bsupported values are\b/i, ...NOT_UNDERSTOOD),
  rule(
    'auth',
    /\bkeys?\b.{0,20}\b(is|are) (not valid|invalid|not known|unknown|wrong)\b/i,
    'auth',
    'fix',
    'The words speak of a key.',
    'Send the key that belongs here, as the server or its provider shows it.',
  ),
  rule(
    'auth',
    /\b(csrf|xsrf|anti-?forgery|cross-site request forgery)\b/i,
    'protocol',
    'fix',
    'The words speak of a token against forged requests (CSRF).',
    'Such a token comes with a page of the server: send it where that page does, with the cookie of the same session.',
  ),
  rule(
    'not-found',
    /\bnot a (valid|known|supported) (stream|channel|topic|room|model|voice|symbol|pair|market|instrument|product|device|ticker)\b|\binvalid (market|symbol|product|instrument|channel|topic) ?ids?\b/i,
    ...ABSENT,
  ),
  rule(
    'banned',
    any(
      /\b(banned|blacklist(ed)?|blocklist(ed)?|suspended|deactivated|disabled|inactive|locked)\b/,
      /\bIP( address)?\b.{0,30}\b(not|blocked|banned|allow|white-?list|restricted|denied|unauthori[sz]ed)|\b(white|allow)-?list(ed)?\b|\bunusual activity\b/,
    ),
    'permanent',
    'no',
    'The words say that this address, account, key or app is blocked, switched off or on no list of those allowed.',
    'Look at the account, the app and the list of allowed addresses at the provider, or ask who runs the server.',
  ),
  rule(
    'auth',
    any(
      /^code 40[13]\b|unauthori[sz]ed|\b(not|isn't|no|un|without|lacks?) ?authori[sz](ed|ation)|unauthenticated|not authenticated|authenticat|authori[sz]ation|forbidden|permission|privilege|access (is )?(denied|refused)|not allowed to|\bden(y|ied)\b|\b(has|have|had) no (access|rights?|permissions?)\b|\bauth([ _-]required|[ _-]?fail)|(\b|_)bad_?auth|\bACCESS_DENIED\b|\billegal (access|client)/,
      /\b(invalid|incorrect|wrong|bad|missing|unknown|no|malformed|revoked|illegal)[ _-]?(client |user |app |application |access |api |secret |public |private |bearer |auth |provided )*[ _-]*(api[ _-]?key|key|token|jwt|credentials?|secret|password|passphrase|log-?in|logon|session|signature|sign|hmac|user ?name|user|account|app ?id|appkey|ticket|cookie|identity|otp|pin|license)\b/,
      /\b(api[ _-]?key|token|jwt|credentials?|secret|password|passphrase|session|signature|sign|hmac|user ?name|ticket|scopes?|apikey|app ?id|account|identity)\b.{0,40}\b(is|are|was|not|invalid|incorrect|wrong|missing|required|failed|rejected|mismatch|doesn'?t|does not|could not|couldn't|unknown|error)\b|\b(apikey|api[ _-]?key|token|signature)\b: ?\w/,
      /\b(can'?t|cannot|can not|could ?n[o']t|could not|unable to|failed to|did not) (validate|verify|authenticate|authori[sz]e|log ?in|sign ?in|(parse|decode|read) (the |your |this )?(access |auth |bearer |id )?(jwt|token|credentials?))\b|\bpairing\b.{0,20}\b(required|needed|rejected|refused|failed)|\bnot[_ ]paired\b/,
      /\b(api[ _-]?key|token|credentials?|password)s? (must|need to|have to|has to|should) be\b/,
      /\b(please|must|need to|have to|required to|not|requires?)( be| first)? (log|sign)(ged|ing)?[ -]?in\b|\blog[ -]?in (is |was )?(required|failed|first|error|refused)\b|\bnot logged in\b|\binvalid[ _]?auth|\bauth[ _]?(error|required|fail(ed|ure)?)\b|\brestricted:|\bauth-required\b|\b(needs?|requires?|require|without) auth\b|\bcredentials?\b.{0,20}\b(scoped|valid|must)\b/,
      /\bsignature\b.{0,60}\b(does ?n[o']t|does not|not) match\b|\b(re-?)?auth\w* ?(required|needed)\b|\b(auth|login): ?(fail|no|denied|error)|鉴权|认证|验证失败|未登录|未授权|无权|(签名|密钥|令牌|token|密码).{0,4}(错误|无效|不正确|校验)|non autoris|nicht autorisiert|no autorizado|não autorizado|не авторизован|認証/,
    ),
    ...CREDENTIALS,
  ),
  rule(
    'region',
    any(
      /\b(restricted|unsupported|unavailable|blocked|eligible|not (available|supported|allowed|permitted)|available)\b.{0,40}\b(region|country|location|territory|jurisdiction|area)\b/,
      /\b(region|country|location|jurisdiction)\b.{0,30}\b(not|restricted|blocked|unsupported|unavailable)\b|\bgeo-?(block|restrict|fenc)|\bembargo/,
    ),
    'permanent',
    'no',
    'The words say that the service is not offered where this client comes from.',
    'Connect from a place that the provider serves, or to its address for this region.',
  ),
  rule(
    'idle',
    any(
      /\bidle|inactiv/,
      /\b(no|not|did ?n[o']t|have ?n[o']t|without|never)\b.{0,30}\b(data|input|audio|activity|messages?|text|frames?|traffic|received?|subscriptions?|request)\b.{0,40}\b(within|for (more|over|at least|too|a|the|some|\d)|in time|time-?out|timed out|seconds|minutes|\d+ ?m?s)/,
      /\b(input|read|receive|data|message|client|audio|request|task)[ _-]?(was |has )?(time-?out|timed out)|\b(time-?out|timed out) (while )?(waiting|receiving|reading)/,
    ),
    ...UNHEARD,
  ),
  rule(
    'starting',
    /\b(is|are|still) (being )?(starting|started|booting|waking|warming|provisioning|provisioned|spinning)( up)?\b|\bcold[ -]start/i,
    'transient',
    'backoff',
    'The words say that what should answer is being started.',
    'Try again after some seconds: it may then be there.',
  ),
  rule(
    'stopped',
    /\b(state|status) is \W?(disconnected|stopped|stopping|terminated|deleted|suspended|hibernated|failed|exited)\b|\b(app|application|process|container|kernel|worker|instance|server)\b.{0,20}\b(exited|crashed|terminated)\b|\b(is|was|are|has been) (not|no longer|currently not) (running|started|online|awake)\b|\bno longer running\b|\bnot (yet )?running\b|\b(server|container|instance|service|machine|pod|kernel|process|sandbox|workspace|game|room) (is|was|has been) (stopped|paused|offline|sleeping|hibernated|suspended)\b|\bis stopped\b/i,
    'permanent',
    'fix',
    'The words say that what should answer does not run.',
    'Start it where it is looked after: trying again changes nothing by itself.',
  ),
  rule(
    'maintenance',
    any(
      /\brestart|shutting down|shut-?down|\bdeploying\b|\b(re-?|new |rolling )deploy(ment)?\b|\bdeployment (is )?in progress|^deploy(ment)?\W*$|\bmaintenance|\bdraining|\breboot|\bgoing (down|away|offline)\b|\bserver (is )?(stopp(ed|ing)|clos(ed|ing)|updat(ed|ing))\b|维护/,
    ),
    'transient',
    'backoff',
    'The words say that the server is going away for a while.',
    'Reconnect after a random pause.',
  ),
  rule(
    'not-found',
    any(
      /\bnot[ _-]?(be )?found\b|\b(cannot|can not|can'?t|could not|couldn'?t|unable to) (find|locate)\b|\bno longer (be )?(supported|available|offered)\b|\bno [a-z]+ exists?\b|\bdo(es)? ?n[o']t exist\b|\bno such\b|\bnot exist(s|ing)?\b|\bunknown (?:(?!error|message|reason|request|response)\w+ )?(stream|channel|topic|room|app|application|model|voice|symbol|pair|namespace|realm|tenant|project|device|charge|station|client|resource|route|path|endpoint|service|deployment|queue|exchange|database|instance|kernel|relay|game|match|lobby|user|id)/,
      /\b(invalid|unsupported|unrecogni[sz]ed|bad|illegal|wrong) (stream|channel|topic|room|app|model|voice|symbol|pair|market|instrument|product|namespace|realm|tenant|project|device|resource|route|path|endpoint|language|encoding|exchange|ticker|subscription)s?\b|\bis not (available|supported|offered|valid)\b|\bnot (available|supported)\b|\bdoes ?n[o']t support\b|\bunsupported (for|on|by|in)\b|\b(un)?supported for this\b|\bdoes ?n[o']t match any\b|\bnot implemented\b|\bunknown (table|market|instrument|product|ticker|view|feed|event type)\b|不存在/,
      /\b(stream|channel|topic|room|model|voice|symbol|pair|market|instrument|product|ticker|region|language|dataset|index|table)s?(_id| id)?\b.{0,80}\b(is|are) (invalid|unknown|not recogni[sz]ed|unsupported)\b/,
    ),
    ...ABSENT,
  ),
  rule(
    'format',
    /\b(is|are|was) (required|missing|mandatory)\b|\b(must|has to|have to|needs? to) be (provided|given|set|specified|present|included)\b|\b(was|is) not (provided|given|specified)\b|^missing (required )?[\w .,'-]{2,40}$|\b(request|connection|message|url|query) without (?:an? |any |the )?[\w/ -]{2,40}$/i,
    'protocol',
    'fix',
    'The words name something that is missing from what was sent.',
    'Add what the words name where its documentation has it: in the path, the query, a header or the message.',
  ),
  rule(
    'format',
    any(
      /\b(invalid|malformed|illegal|bad|unexpected|wrong|incorrect|missing|unknown|unrecogni[sz]ed|unsupported|undefined|empty|corrupt(ed)?)\b.{0,40}\b(json|messages?|requests?|arguments?|args|params?|parameters?|payloads?|formats?|frames?|syntax|data|fields?|types?|commands?|events?|actions?|methods?|op|opcode|operation|values?|token|character|schema|packet|property|body|url|query|input|header|id)\b/,
      /\b(could|can|cannot|unable|fail(ed|ure)?|error|not)\b.{0,12}\b(pars(e|ed|ing)|decod(e|ed|ing)|de-?seriali[sz]|unmarshal|understand|recogni[sz]e|process)|\bparse[ _]?(error|failure)|\bsyntax ?error|\bschema\b|\bvalidation|\b(is|are) (a )?required\b|\bexpect(ed|ing|s)\b|\bmust (be|have|contain|match|provide|specify)\b|\bnot (a )?valid\b|\binvalid_?(request|argument|message|json|payload|format|param)|\bnot json\b|\badditional propert(y|ies)\b|^missing [\w .,'-]{2,40}$|\b(is|are|was) missing\b|\bbad request\b|\bparam(eter|s|eters)? error\b|\b(type|format|message|request|value|argument|parameter|field|json|payload|command|event|action|op|id) (is|are|was) (invalid|malformed|illegal|incorrect|wrong)\b/,
      /(参数|格式|请求|消息).{0,4}(错误|无效|不合法|非法|缺失)/,
    ),
    ...NOT_UNDERSTOOD,
  ),
  rule(
    'slow',
    /slow[ _]consumer|back-?pressure|too slow|(buffer|\b(send|write|out(going|put|bound)?|client|consumer|subscriber|message)[ _-]?queue)\b.{0,20}\b(full|overflow|exceeded)|not reading fast/i,
    ...SLOW,
  ),
  rule(
    'overload',
    /overload|\bqueue\b.{0,20}\b(full|overflow|exceeded)|\bcapacity\b|\bbusy\b|\bunavailable\b|try again|\bno (available |free |healthy )?(workers?|servers?|instances?|slots?|backends?|agents?)\b|(resource|memory).{0,10}exhausted|\bout of memory|繁忙/i,
    'transient',
    'backoff',
    'The words say that the server has no room, or nothing free, at the moment.',
    'Try again after a growing, random pause.',
  ),
];

/** Reads what a server says of why it refuses: a close reason, a message, a body. Null where it says nothing we know; only the beginning is read. */
export function readReason(reason: string): ReasonMeaning | null {
  // Names of errors are words too: AuthenticationFailed, `api_key`.
  const text = reason.slice(0, 400).replace(/(?<!Web|Sub)(?<=[a-z])(?=[A-Z])/g, ' ');
  const bare = text.replace(/[_`"']+/g, ' ').replace(/ {2,}/g, ' ');
  for (const { pattern, read } of rules) {
    const match = pattern.exec(text) ?? pattern.exec(bare);
    if (match) return read(match);
  }
  return null;
}
