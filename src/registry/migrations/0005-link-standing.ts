// Migration 5: how a link stands in the history of links (src/detection/link-view.ts).

export const LINK_STANDING_SCHEMA = `
ALTER TABLE link_history ADD COLUMN standing TEXT NOT NULL DEFAULT 'known';
`;
