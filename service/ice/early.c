/* Checks of the peer that come before its description: they were answered, and what else follows
 * from them waits.  (RFC 8445 §7.3) */
#include "ice/agent-private.h"

#include <string.h>

static gboolean
same_early (const FramEarlyCheck *early, guint32 base, const FramAddress *remote)
{
  return early->base == base && fram_address_equal (&early->remote, remote);
}

static void
emit_claim (FramIceAgent *agent, FramIceEventType type, const FramEarlyCheck *early)
{
  FramIceEvent *event = fram_ice_agent_emit (agent, type, NULL);

  event->stream = early->stream;
  event->component = early->component;
  event->base = early->base;
  event->remote = early->remote;
}

static void
route_early (FramIceAgent *agent, FramEarlyCheck *early, FramTime heard)
{
  early->heard = heard;
  if (!early->routed)
    emit_claim (agent, FRAM_ICE_EVENT_ROUTE, early);
  early->routed = TRUE;
}

FramTime
fram_ice_agent_early_lapses (const FramIceAgent *agent)
{
  FramTime first = FRAM_TIME_NEVER;

  for (guint i = 0; agent->early != NULL && i < agent->early->len; i++)
    {
      const FramEarlyCheck *early = &g_array_index (agent->early, FramEarlyCheck, i);

      if (early->routed)
        first = MIN (first, early->heard + FRAM_CONSENT_LIFETIME);
    }
  return first;
}

gboolean
fram_ice_agent_hears_early (const FramIceAgent *agent, guint32 base,
                            const FramAddress *remote)
{
  for (guint i = 0; agent->early != NULL && i < agent->early->len; i++)
    {
      const FramEarlyCheck *early = &g_array_index (agent->early, FramEarlyCheck, i);

      if (early->routed && same_early (early, base, remote))
        return TRUE;
    }
  return FALSE;
}

void
fram_ice_agent_let_early_lapse (FramIceAgent *agent, FramTime now)
{
  for (guint i = 0; agent->early != NULL && i < agent->early->len; i++)
    {
      FramEarlyCheck *early = &g_array_index (agent->early, FramEarlyCheck, i);

      if (!early->routed || early->heard + FRAM_CONSENT_LIFETIME > now)
        continue;
      early->routed = FALSE;
      emit_claim (agent, FRAM_ICE_EVENT_ROUTE_OVER, early);
    }
}

/* RFC 8445 §7.3: the answer went out; the rest waits for the remote description. */
void
fram_ice_agent_remember_early (FramIceAgent *agent, const FramEarlyCheck *early)
{
  if (agent->early == NULL)
    agent->early = g_array_new (FALSE, FALSE, sizeof (FramEarlyCheck));
  for (guint i = 0; i < agent->early->len; i++)
    {
      FramEarlyCheck known = g_array_index (agent->early, FramEarlyCheck, i);
      gboolean later = early->nominates && early->value >= known.value;
      FramEarlyCheck newest = later ? *early : known;

      if (!same_early (&known, early->base, &early->remote))
        continue;
      newest.routed = known.routed;
      route_early (agent, &newest, early->heard);
      /* A nomination goes to the end: the newest is the last. */
      g_array_remove_index (agent->early, i);
      g_array_insert_val (agent->early, later ? agent->early->len : i, newest);
      return;
    }
  if (agent->early->len >= FRAM_ICE_MAX_EARLY)
    return;
  emit_claim (agent, FRAM_ICE_EVENT_PAIR_ADDED, early);
  g_array_append_vals (agent->early, early, 1);
  route_early (agent,
               &g_array_index (agent->early, FramEarlyCheck, agent->early->len - 1),
               early->heard);
}

void
fram_ice_agent_handle_early (FramIceAgent *agent, FramTime now)
{
  g_autoptr (GArray) early = g_steal_pointer (&agent->early);

  for (guint i = 0; early != NULL && i < early->len; i++)
    {
      const FramEarlyCheck *check = &g_array_index (early, FramEarlyCheck, i);
      const FramNomination nomination = { check->value, NULL };

      if (strcmp (check->remote_ufrag, agent->remote_ufrag) == 0)
        fram_ice_agent_accept (agent, check->base, &check->remote, check->priority,
                               check->nominates ? &nomination : NULL, now);
      emit_claim (agent, FRAM_ICE_EVENT_PAIR_REMOVED, check);
    }
}

void
fram_ice_agent_drop_early (FramIceAgent *agent, guint32 base, const FramAddress *remote)
{
  for (guint i = agent->early != NULL ? agent->early->len : 0; i > 0; i--)
    {
      const FramEarlyCheck *check = &g_array_index (agent->early, FramEarlyCheck, i - 1);

      if ((base != 0 && check->base != base)
          || (remote != NULL && !fram_address_equal (&check->remote, remote)))
        continue;
      emit_claim (agent, FRAM_ICE_EVENT_PAIR_REMOVED, check);
      g_array_remove_index (agent->early, i - 1);
    }
}
