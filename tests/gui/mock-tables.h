/* What the mock tells of its sessions, as the contract has it. */
#pragma once

#include "mock-service.h"

/* All: Return: (transfer floating). */
GVariant *mock_tables_sessions (GPtrArray *sessions);
GVariant *mock_tables_session (MockSession *session, guint64 generation);

/* The answer of a method from GVariant's text format.  Return: (transfer full). */
GVariant *mock_tables_parse (const GDBusMethodInfo *method, const char *text);
