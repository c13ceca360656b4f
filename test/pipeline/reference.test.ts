// Reference data in the engine and over restarts: what incidents say of it, what it leaves alone, and that a change of it judges every stored
// route anew. Table and timeline of a route with such a verdict are those of the route without.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { defaultFigures } from '../../src/detection/figures.js';
import { type ReferenceData } from '../../src/detection/reference-data.js';
import { explainIncident } from '../../src/incidents/explanation.js';
import { conditionOf } from '../../src/incidents/prefix-state.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { type Batch } from '../../src/pipeline/store.js';
import { type Database } from '../../src/registry/database.js';
import { SqliteStore } from '../../src/registry/pipeline-store.js';
import { policy, reference, Stage, Story } from '../support/event-builder.js';
import { temporaryDatabase } from '../support/registry-database.js';

const R = '203.0.113.0/24';
const GOOD = '65001 64500 64496';

const others = reference({ vrps: [`${R} 64497`], version: 'RPKI a' });
const own = reference({ vrps: [`${R} 64496`], version: 'RPKI b' });
const foreign = reference({ vrps: [`${R} 64511`], version: 'RPKI c' });

function stage(data?: ReferenceData): Stage {
  return new Stage([policy(R)], defaultFigures, data);
}

suite('Engine with reference data', () => {
  test('Engine opens an rpki-invalid of a registered route, which stays active, and cites the data', () => {
    const played = stage(others).play(new Story().announce(10, 1, R, GOOD).announce(20, 2, R, GOOD), 100);
    assert.deepEqual(played.verdicts, [`rpki-invalid ${R} 64496 origin 10..open`]);
    assert.match(explainIncident(played.incident), / Data used: RPKI a\.$/);
    assert.deepEqual(played.told, ['10 PrefixActivePath', '10 PrefixAnnouncementEvent']);
    assert.equal(conditionOf(played.engine.timeline.recordOf(policy(R)).state), 'active');
  });

  test('Engine tells no path change of a route with a verdict (path-change ignores it), and does of one without', () => {
    const story = () => new Story().announce(10, 1, R, GOOD).announce(400, 1, R, '65001 65009 64500 64496');
    assert.ok(
      !stage(others)
        .play(story(), 1000)
        .told.some((line) => line.includes('PathChangeEvent')),
    );
    assert.ok(
      stage(own)
        .play(story(), 1000)
        .told.some((line) => line.includes('PathChangeEvent')),
    );
  });

  test('Engine tells of an allowed more-specific whatever other data says of it', () => {
    const policies = [policy(R, { moreSpecifics: { minLength: 25, maxLength: 25 } })];
    const story = new Story().announce(10, 1, '203.0.113.0/25', GOOD);
    const played = new Stage(policies, defaultFigures, own).play(story);
    assert.deepEqual(played.told, ['10 PrefixMoreSpecificEvent 203.0.113.0/25 Information']);
    assert.equal(played.incident.type, 'rpki-invalid');
  });

  test('Engine ends an rpki-invalid when the route is withdrawn', () => {
    const story = new Story().announce(10, 1, R, GOOD).withdraw(50, 1, R);
    assert.deepEqual(stage(others).play(story, 200).verdicts, [`rpki-invalid ${R} 64496 origin 10..50 withdrawn`]);
  });

  test('Engine gathers what routes of one incident matched too, and its level is the gravest', () => {
    const data = reference({
      vrps: [`${R} 64497`],
      relationships: ['64501|64500|-1', '64502|64500|-1', '64501|64496|-1'],
    });
    const story = new Story().announce(10, 1, R, GOOD).announce(20, 2, R, '64502 64500 64501 64496');
    const { incident } = stage(data).play(story);
    assert.deepEqual([incident.type, incident.level, incident.alsoMatched], ['rpki-invalid', 'Error', ['route-leak']]);
    assert.match(explainIncident(incident), /Routes of it matched route-leak too\./);
  });
});

suite('Engine.reconfigure with other reference data judges every stored route anew', () => {
  test('what no longer holds resolves as reconfigured, at the watermark', () => {
    const played = stage(others)
      .play(new Story().announce(10, 1, R, GOOD), 100)
      .refer(own);
    assert.deepEqual(played.verdicts, [`rpki-invalid ${R} 64496 origin 10..100 reconfigured`]);
    assert.match(explainIncident(played.incident), /the registry, or the VRP and relationship data, was changed/);
  });

  test('what holds from now on opens', () => {
    const played = stage(own)
      .play(new Story().announce(10, 1, R, GOOD), 100)
      .refer(others);
    assert.deepEqual(played.verdicts, [
      `rpki-invalid ${R} 64496 origin 100..suspected`,
      `registry-drift ${R}  100..open`,
    ]);
  });

  test('a hijack that a ROA authorises from now on is a Warning from now on, and Critical again without', () => {
    const played = stage(own).play(new Story().announce(10, 1, R, '65001 64511'), 100);
    const hijack = () => played.incidents.find(({ type }) => type === 'origin-hijack')!;
    const levelUnder = (data: ReferenceData) => (played.refer(data), hijack().level);
    const levels = [hijack().level, levelUnder(foreign), levelUnder(own)];
    assert.deepEqual(levels, ['Critical', 'Warning', 'Critical']);
    assert.equal(hijack().openings, 1);
    assert.deepEqual(hijack().alsoMatched, ['rpki-invalid']);
    played.refer(foreign);
    assert.deepEqual(hijack().alsoMatched, []);
  });

  test('a cover that a ROA authorises is a Warning at most when a prefix loses its last own route', () => {
    const authorised = reference({ vrps: ['203.0.112.0/23 64511', `${R} 64496`] });
    const story = new Story()
      .announce(5, 3, R, GOOD)
      .announce(10, 1, '203.0.112.0/23', '65001 64511')
      .withdraw(20, 3, R);
    const { incident } = stage(authorised).play(story);
    assert.deepEqual([incident.type, incident.level], ['superprefix-hijack', 'Warning']);
    assert.ok(incident.clauses.includes('authorised by a ROA, not by the registry'));
    assert.equal(stage(own).play(story).incident.level, 'Error');
  });
});

suite('Pipeline with reference data over restarts', () => {
  function open(db: Database, data?: ReferenceData): { readonly pipeline: Pipeline; readonly batches: Batch[] } {
    const batches: Batch[] = [];
    const options = { store: new SqliteStore(db), policies: [policy(R)], generation: 1, figures: defaultFigures };
    const onCommit = (batch: Batch): unknown => batches.push(batch);
    return { pipeline: new Pipeline({ ...options, ...(data && { reference: data }), onCommit }), batches };
  }

  function fill(db: Database, data?: ReferenceData): void {
    const { pipeline } = open(db, data);
    for (const event of new Story().announce(10, 1, R, GOOD).events) {
      pipeline.engine.advance(event.order);
      pipeline.apply(event);
    }
    pipeline.commit([]);
  }

  const committed = ({ pipeline, batches }: ReturnType<typeof open>): string[] => {
    pipeline.commit([]);
    return batches[0].incidents.map(({ incident }) => `${incident.type} ${incident.state} ${incident.reason ?? ''}`);
  };

  test('Pipeline judges stored routes anew where the data is other than before, added or gone', (context) => {
    const db = temporaryDatabase(context);
    fill(db);
    assert.deepEqual(committed(open(db, others)), ['registry-drift open ', 'rpki-invalid suspected ']);
    assert.deepEqual(committed(open(db, others)), []);
    assert.deepEqual(committed(open(db)), [
      'registry-drift resolved reconfigured',
      'rpki-invalid resolved reconfigured',
    ]);
  });

  test('Pipeline stores what data was used when it changes, and nothing where there is none', (context) => {
    const db = temporaryDatabase(context);
    fill(db);
    assert.equal(new SqliteStore(db).load().reference, null);
    committed(open(db, others));
    const summary = { version: 'RPKI a', vrps: 1, aspas: null, relationships: null };
    assert.deepEqual(new SqliteStore(db).load().reference, summary);
    committed(open(db));
    assert.equal(new SqliteStore(db).load().reference?.version, '');
  });

  test('Pipeline.useReference takes data until the stored routes are whole', (context) => {
    const db = temporaryDatabase(context);
    fill(db);
    const options = { store: new SqliteStore(db), policies: [policy(R)], generation: 1, figures: defaultFigures };
    const pipeline = new Pipeline({ ...options, restoreLater: true });
    pipeline.useReference(others);
    assert.ok(pipeline.restore(Infinity));
    assert.deepEqual(
      [...pipeline.engine.lifecycle.all].map(({ type }) => type),
      ['rpki-invalid'],
    );
    assert.throws(() => pipeline.useReference(own), /Cannot take reference data so late/);
  });
});
