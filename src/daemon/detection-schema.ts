// `detection.*`: every figure of src/detection/figures as a key of peerwatch.yaml, with its default, unit and meaning. Names and shape
// are those of `DetectionFigures`, which the compiler checks; durations become microseconds.

import { type StaticDecode } from 'typebox';
import { type DetectionFigures, defaultFigures as d } from '../detection/figures.js';
import { asns, count, duration, optionalText, section, sections, share, text, texts } from './config-values.js';

const positive = { positive: true };
const DAY = 86_400e6;

const prefixRules = {
  covering: section('The shortest prefixes that count as covering a registered one; default routes never do.', {
    minLength4: count(d.covering.minLength4, 'IPv4, bits.', { minimum: 1, maximum: 32 }),
    minLength6: count(d.covering.minLength6, 'IPv6, bits.', { minimum: 1, maximum: 128 }),
  }),
  fullFeed: section('Which sessions count as full feeds, per family.', {
    share: share(d.fullFeed.share, "Share of the largest table among the collector's peers in its RIB dump."),
    minRoutes4: count(d.fullFeed.minRoutes4, 'IPv4 routes that the largest table must hold to say anything.'),
    minRoutes6: count(d.fullFeed.minRoutes6, 'IPv6 routes that the largest table must hold to say anything.'),
    minSessions: count(d.fullFeed.minSessions, 'With fewer full-feed sessions that had it, a prefix is unobservable.'),
    peers: asns('Peer AS numbers that are full feeds whatever their tables look like.'),
  }),
  forgedPath: section('Incident forged-path.', {
    learnFor: duration(d.forgedPath.learnFor, 'No verdict until the history of links spans this much event time.'),
    minDistance: count(d.forgedPath.minDistance, 'Hops from the origin at which a link is looked at.', { minimum: 1 }),
    knownAfter: duration(d.forgedPath.knownAfter, 'A link that was seen first this long ago is known.', positive),
    maxLinks: count(d.forgedPath.maxLinks, 'Links remembered, at most.', { minimum: 1000 }),
  }),
  providerBypass: section('Incident provider-bypass.', {
    minPeers: count(d.providerBypass.minPeers, 'Peer ASes that used the provider before.', { minimum: 1 }),
  }),
  pathChange: section('Incident path-change: how many peer ASes must share a pivot, and how soon.', {
    minPeers: count(d.pathChange.minPeers, 'At least so many peer ASes ...', { minimum: 1 }),
    share: share(d.pathChange.share, '... and this share of those that carry the prefix ...'),
    window: duration(d.pathChange.window, '... within this time.', positive),
    settledAfter: duration(d.pathChange.settledAfter, 'Over when nobody joined for this long.', positive),
  }),
  visibilityLoss: section('Incident visibility-loss.', {
    min: share(d.visibilityLoss.min, 'Least share of the full-feed sessions with a route ...'),
    for: duration(d.visibilityLoss.for, '... and for how long below it.'),
  }),
  outage: section('Incident outage.', {
    for: duration(d.outage.for, 'For how long no full-feed session has a route.'),
    minSessions: count(d.outage.minSessions, 'Full-feed sessions that must have had one.', { minimum: 1 }),
  }),
  flapping: section('Incident flapping: penalties per session and prefix, in the way of RFC 2439.', {
    withdrawalPenalty: count(d.flapping.withdrawalPenalty, 'For a withdrawal that removes a route.'),
    changePenalty: count(d.flapping.changePenalty, 'For an announcement that changes attributes.'),
    halfLife: duration(d.flapping.halfLife, 'Time in which a penalty halves.', positive),
    suppress: count(d.flapping.suppress, 'Opens above this ...', { minimum: 1 }),
    reuse: count(d.flapping.reuse, 'Ends when all are under this.', { minimum: 1 }),
    ceiling: count(d.flapping.ceiling, 'No penalty grows beyond this.', { minimum: 1 }),
    minPeers: count(d.flapping.minPeers, '... on so many peer ASes.', { minimum: 1 }),
  }),
  stuckRoute: section('Incident stuck-route.', {
    after: duration(d.stuckRoute.after, 'Still carried this long after the others lost it.', positive),
    lostShare: share(d.stuckRoute.lostShare, 'Share of the peer ASes that must have lost it.'),
  }),
  registryDrift: section('Incident registry-drift.', {
    absentFor: duration(d.registryDrift.absentFor, 'Absent from all full feeds for.', positive),
    stableFor: duration(d.registryDrift.stableFor, 'Stable for, though not registered.', positive),
  }),
};

const timeAndLife = {
  order: section('How far the times in records are believed.', {
    jumpLimit: duration(
      d.order.jumpLimit,
      'A record further ahead of the one before it in its file is clamped ...',
      positive,
    ),
    jumpConfirmations: count(d.order.jumpConfirmations, '... until so many more agree with it.', { minimum: 1 }),
    lateAfter: duration(
      d.order.lateAfter,
      'A record of another file that is older than this is late, and not applied.',
    ),
    tickLag: duration(d.order.tickLag, 'A live but quiet stream advances event time to the wall clock less this.'),
  }),
  pathEvents: section('PathChangeEvents in the timeline of a prefix.', {
    bucket: duration(d.pathEvents.bucket, 'At most one in this much event time.', positive),
    maxPerHour: count(d.pathEvents.maxPerHour, 'At most so many an hour; the rest is one "suppressed" count.', {
      minimum: 1,
    }),
  }),
  lifecycle: section('How incidents open, end and come back.', {
    notifyPeers: count(d.lifecycle.notifyPeers, 'Distinct peer ASes that make a suspected incident an open one.', {
      minimum: 1,
    }),
    notifyPeersOwn: count(d.lifecycle.notifyPeersOwn, 'The same on your own feeds.', { minimum: 1 }),
    ownCollectors: texts('Collectors that are your own feeds.', 'the name of a collector'),
    notNotified: texts(
      'Incident types of routes that nobody is notified of.',
      'an incident type',
      d.lifecycle.notNotified,
    ),
    holdDown: duration(d.lifecycle.holdDown, 'For how long nobody may carry the route before the incident is over.'),
    unobservedAfter: duration(
      d.lifecycle.unobservedAfter,
      'Ends unobserved this long after its last carriers went down.',
    ),
    residualShare: share(
      d.lifecycle.residualShare,
      'Ends as residual when this share of its peer ASes lost the route ...',
    ),
    residualAfter: duration(d.lifecycle.residualAfter, '... and no new one took it for this long.', positive),
    reopenWithin: duration(d.lifecycle.reopenWithin, 'Coming back within this re-opens the same incident.'),
    notificationsPerOpening: count(d.lifecycle.notificationsPerOpening, 'Notifications for one opening, at most.', {
      minimum: 1,
    }),
    reopeningsPerHour: count(d.lifecycle.reopeningsPerHour, 'Re-openings told in an hour before "keeps returning".', {
      minimum: 1,
    }),
  }),
  transfer: section('What a table transfer looks like; inside one there are no verdicts on paths.', {
    quiet: duration(d.transfer.quiet, 'Over when no announcement came for this long ...', positive),
    minUp: duration(d.transfer.minUp, '... at least this long after the session came up ...'),
    max: duration(d.transfer.max, '... and in any case after this.', positive),
    burstShare: share(
      d.transfer.burstShare,
      'Without state records: a burst that repeats this share of the stored routes ...',
    ),
    burstMinRoutes: count(d.transfer.burstMinRoutes, '... and at least so many ...', { minimum: 1 }),
    burstWindow: duration(d.transfer.burstWindow, '... within this time.', positive),
  }),
  silence: section('How long a source may say nothing.', {
    intervals: count(d.silence.intervals, 'Files: so many intervals since the last arrival.', { minimum: 1 }),
    risInterval: duration(
      d.silence.risInterval,
      'Interval of the files of RIS, and of collectors of other names.',
      positive,
    ),
    routeViewsInterval: duration(d.silence.routeViewsInterval, 'Interval of the files of Route Views.', positive),
    session: duration(
      d.silence.session,
      'One session that is known to speak: it has KEEPALIVEs or is a full feed.',
      positive,
    ),
  }),
};

/** Files of data, which are no figures. */
const referenceFiles = {
  rpki: section('What the RPKI says: incidents rpki-invalid and aspa-invalid. Files are read again when they change.', {
    files: texts('VRPs and ASPAs: JSON or CSV of rpki-client, routinator or stayrtr.', 'the path of a file'),
    slurm: texts('Local exceptions to them (SLURM, RFC 8416).', 'the path of a file'),
    rtr: sections(
      'Caches that the daemon asks by RTR (RFC 8210), the most preferred first. replay uses files only.',
      'a cache such as { host: 192.0.2.1, port: 323 }',
      {
        host: text('localhost', 'Name or address.', 'a name or an address'),
        port: count(323, 'TCP port.', { minimum: 1, maximum: 65_535 }),
      },
    ),
    maxAge: duration(
      2 * DAY,
      'How long a cache that does not answer is believed, at most: its expire interval is less.',
      positive,
    ),
    collapse: section('When so many payloads of a source vanish at once that the daemon does not believe it yet.', {
      share: share(0.5, 'This share of the VRPs of a trust anchor, of all VRPs, or of all ASPAs ...'),
      minPayloads: count(100, '... where there were at least so many.', { minimum: 1 }),
      hold: duration(DAY / 4, 'Those from before stay in force for this long, or until SIGHUP.'),
    }),
    expiryNotice: duration(DAY / 12, 'VRPs of registered prefixes that expire within this are told of.'),
    staleAfter: duration(DAY, 'A file that was made longer ago than this is told to be stale.', positive),
  }),
  relationships: optionalText(
    'AS relationships (CAIDA serial-1 or serial-2): incident route-leak. Read again when it changes.',
    'the path of a file',
  ),
};

/** The section `detection`. */
export const detectionSchema = section('The figures and the data that detection rests on.', {
  ...timeAndLife,
  ...prefixRules,
  ...referenceFiles,
});

/** The rest of the section is `DetectionFigures`, key for key: a figure without a key, or the other way round, does not compile. */
type DetectionSection = Omit<StaticDecode<typeof detectionSchema>, keyof typeof referenceFiles>;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
type Keys<T> = T extends readonly unknown[] ? true : T extends object ? { readonly [K in keyof T]: Keys<T[K]> } : true;
export const figuresMatch: Same<Keys<DetectionSection>, Keys<DetectionFigures>> = true;
