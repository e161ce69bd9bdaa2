/* One session in detail, as GetSession gives it: components, changes, candidates, pairs. */
#pragma once

#include "rpc/delta.h"
#include "rpc/sessions.h"

/* What is known of what was told of one session. */
typedef struct _FramSessionDetail FramSessionDetail;

FramSessionDetail *fram_session_detail_new (void);
void fram_session_detail_free (FramSessionDetail *detail);

/* Return: (transfer floating): the answer of GetSession to a reader who has `known`. */
GVariant *fram_session_detail_pull (FramSessionDetail *detail, FramBusSession *session,
                                    guint64 known, guint64 generation);
