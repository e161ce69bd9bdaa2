/* The columns of a session's tables. */
#pragma once

#include "widgets/panel-table.h"

void session_tables_local_candidates (PanelTable *table);
void session_tables_remote_candidates (PanelTable *table);
void session_tables_pairs (PanelTable *table);
void session_tables_components (PanelTable *table);
void session_tables_changes (PanelTable *table);
void session_tables_events (PanelTable *table);
