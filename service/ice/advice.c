/* Whether an ICE restart would help.  The agent looks for other paths by itself, but only
 * among the candidates and credentials that both sides have; new ones are the application's to
 * exchange.  (RFC 8445 §9)
 *
 * So this is advice: it comes once for each thing that has become so, and nothing is done. */
#include "ice/agent-private.h"

/* What recovery takes where it works: a check, and two more in the place of lost ones. */
#define RECOVERY_TIME FRAM_SECONDS (2)
/* An application has this long, of the 30 s of consent, to restart before data stop. */
#define CONSENT_ENDS_SOON FRAM_SECONDS (15)

void
fram_ice_agent_note_settled (FramIceAgent *agent, guint stream, guint component)
{
  agent->streams[stream].components[component - 1].settled = agent->next_candidate_id;
}

typedef struct
{
  guint n;
  guint n_new;    /* since the component was settled */
  FramTime found; /* the last one */
} Locals;

static Locals
count_locals (const FramIceStream *stream, guint component)
{
  Locals locals = { .found = -1 };

  for (guint i = 0; i < stream->locals->len; i++)
    {
      const FramCandidate *local = g_ptr_array_index (stream->locals, i);

      if (local->component != component)
        continue;
      locals.n++;
      locals.n_new += local->id > stream->components[component - 1].settled;
      locals.found = MAX (locals.found, local->found);
    }
  return locals;
}

/* Whether a pair other than the path may still become valid, or is. */
static gboolean
has_hope (const FramIceStream *stream, guint component)
{
  for (guint i = 0; i < stream->pairs->len; i++)
    {
      const FramPair *pair = g_ptr_array_index (stream->pairs, i);

      if (pair->component == component && pair->state != FRAM_PAIR_FAILED
          && pair != stream->components[component - 1].path)
        return TRUE;
    }
  return FALSE;
}

/* RFC 7675 §5.1: after the end of consent only new credentials help.  Who was revoked consent
 * is not wanted any more. */
static FramCause
judge_failed (const FramIceStream *stream, guint component)
{
  FramCause cause = stream->components[component - 1].cause;

  if (cause == FRAM_CAUSE_CONSENT_EXPIRED)
    return cause;
  if (cause != FRAM_CAUSE_NO_PAIR_SUCCEEDED && cause != FRAM_CAUSE_NO_LOCAL_CANDIDATES)
    return FRAM_CAUSE_NONE;
  return count_locals (stream, component).n_new > 0 ? FRAM_CAUSE_NEW_ADDRESSES
                                                    : FRAM_CAUSE_NONE;
}

/* The base of the path is gone. */
static FramCause
judge_lost (FramIceStream *stream, guint component, FramTime now)
{
  FramIceComponent *state = &stream->components[component - 1];
  Locals locals = count_locals (stream, component);
  FramTime patient_until
      = MAX (state->lost_until - FRAM_ICE_LOST_PATIENCE, locals.found) + RECOVERY_TIME;

  /* Without any address, there is nothing to restart with. */
  if (state->lost_until < 0 || locals.n == 0)
    return FRAM_CAUSE_NONE;
  if (now < patient_until && has_hope (stream, component))
    {
      state->advise_at = patient_until;
      return FRAM_CAUSE_NONE;
    }
  return locals.n_new == locals.n ? FRAM_CAUSE_NEW_ADDRESSES : FRAM_CAUSE_NO_PAIR_LEFT;
}

static FramCause
judge_silent (FramIceStream *stream, guint component, FramTime now)
{
  FramIceComponent *state = &stream->components[component - 1];
  FramTime ends_soon = state->path->consent_until - CONSENT_ENDS_SOON;

  if (fram_ice_stream_find_best (stream, component, state->path) != NULL)
    return FRAM_CAUSE_NONE;
  if (!has_hope (stream, component))
    return FRAM_CAUSE_NO_PAIR_LEFT;
  if (now >= ends_soon)
    return FRAM_CAUSE_CONSENT_EXPIRING;
  state->advise_at = ends_soon;
  return FRAM_CAUSE_NONE;
}

static FramCause
judge (FramIceAgent *agent, guint stream, guint component, FramTime now)
{
  FramIceStream *list = &agent->streams[stream];
  FramIceComponent *state = &list->components[component - 1];

  state->advise_at = FRAM_TIME_NEVER;
  if (state->absent || agent->remote_ufrag == NULL)
    return FRAM_CAUSE_NONE;
  if (state->state == FRAM_STATE_FAILED)
    return judge_failed (list, component);
  if (state->path == NULL)
    return judge_lost (list, component, now);
  if (state->path->missed >= FRAM_ICE_SUSPECT_AFTER)
    return judge_silent (list, component, now);
  return FRAM_CAUSE_NONE;
}

void
fram_ice_agent_advise (FramIceAgent *agent, FramTime now)
{
  FramCause advice = FRAM_CAUSE_NONE;

  for (guint s = 0; s < agent->n_streams; s++)
    for (guint c = 1; c <= agent->streams[s].n_components; c++)
      {
        FramCause cause = judge (agent, s, c, now);

        if (advice == FRAM_CAUSE_NONE)
          advice = cause;
      }
  if (advice == agent->advice)
    return;
  agent->advice = advice;
  if (advice != FRAM_CAUSE_NONE)
    fram_ice_agent_emit (agent, FRAM_ICE_EVENT_RESTART_ADVISED, NULL)->cause = advice;
}
