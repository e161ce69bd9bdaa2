/* The service's tables as they travel on the bus, made into arrays of rows. */
#pragma once

#include "fram-rows.h"

/* `reply`: of GetCandidates, (a(uubsssssu)).  Return: (transfer full): FramCandidate */
GPtrArray *fram_candidates_from_reply (GVariant *reply);

/* `reply`: of either GetPairs, (a(uuusssssssbbbbtxuuuuuu)).  Return: (transfer full):
 * FramPair */
GPtrArray *fram_pairs_from_reply (GVariant *reply);

/* `reply`: of ListSessions, (a(ossssssxt)).  Return: (transfer full): FramSessionInfo */
GPtrArray *fram_session_infos_from_reply (GVariant *reply);
