#include "nice-pair.h"

static guint
side_of (NicePair *pair, NiceAgent *agent)
{
  return agent == pair->agents[0] ? 0 : 1;
}

/* Gives `to` what the other side has found. */
static void
introduce (NicePair *pair, guint to)
{
  guint from = 1 - to;
  g_autofree char *ufrag = NULL, *pwd = NULL;
  GSList *candidates
      = nice_agent_get_local_candidates (pair->agents[from], pair->streams[from], 1);

  nice_agent_get_local_credentials (pair->agents[from], pair->streams[from], &ufrag,
                                    &pwd);
  nice_agent_set_remote_credentials (pair->agents[to], pair->streams[to], ufrag, pwd);
  nice_agent_set_remote_candidates (pair->agents[to], pair->streams[to], 1, candidates);
  g_slist_free_full (candidates, (GDestroyNotify) nice_candidate_free);
}

static void
on_gathered (NiceAgent *agent, guint stream, gpointer user_data)
{
  NicePair *pair = user_data;

  pair->gathered[side_of (pair, agent)] = TRUE;
  if (pair->gathered[0] && pair->gathered[1])
    {
      introduce (pair, 0);
      introduce (pair, 1);
    }
}

/* Whether both sides have come as far as `wanted`; failing is told apart. */
static gboolean
have_reached (NicePair *pair, NiceComponentState wanted)
{
  for (guint side = 0; side < 2; side++)
    if (nice_agent_get_component_state (pair->agents[side], pair->streams[side], 1)
        < wanted)
      return FALSE;
  return TRUE;
}

static void
on_state (NiceAgent *agent, guint stream, guint component, guint state,
          gpointer user_data)
{
  NicePair *pair = user_data;

  if (state == NICE_COMPONENT_STATE_FAILED)
    pair->failed = TRUE;
  if (pair->failed)
    return;
  if (pair->connected == 0 && have_reached (pair, NICE_COMPONENT_STATE_CONNECTED))
    pair->connected = g_get_monotonic_time ();
  if (pair->completed == 0 && have_reached (pair, NICE_COMPONENT_STATE_READY))
    pair->completed = g_get_monotonic_time ();
}

static void
ignore_data (NiceAgent *agent, guint stream, guint component, guint length, char *buffer,
             gpointer user_data)
{
}

static void
hold_to (NiceAgent *agent, const char *address)
{
  NiceAddress local;

  nice_address_init (&local);
  if (!nice_address_set_from_string (&local, address))
    g_error ("“%s” is no address", address);
  nice_agent_add_local_address (agent, &local);
}

static void
open_side (NicePair *pair, guint side, GMainContext *context,
           const NicePairOptions *options)
{
  NiceAgentOption flags = (options->aggressive ? NICE_AGENT_OPTION_NONE
                                               : NICE_AGENT_OPTION_REGULAR_NOMINATION)
                          | (options->consent ? NICE_AGENT_OPTION_CONSENT_FRESHNESS
                                              : NICE_AGENT_OPTION_NONE);
  NiceAgent *agent = nice_agent_new_full (context, NICE_COMPATIBILITY_RFC5245, flags);

  pair->agents[side] = agent;
  g_object_set (agent, "controlling-mode", side == 0, "upnp", FALSE, "ice-tcp", FALSE,
                NULL);
  if (options->addresses[side] != NULL)
    hold_to (agent, options->addresses[side]);
  if (options->pacing != 0)
    g_object_set (agent, "stun-pacing-timer", options->pacing, NULL);
  g_signal_connect (agent, "candidate-gathering-done", G_CALLBACK (on_gathered), pair);
  g_signal_connect (agent, "component-state-changed", G_CALLBACK (on_state), pair);
  pair->streams[side] = nice_agent_add_stream (agent, 1);
  /* Without a receiver libnice reads no socket at all. */
  nice_pair_attach (pair, side, context, ignore_data, NULL);
}

static void
gather (NicePair *pair, guint side)
{
  if (!nice_agent_gather_candidates (pair->agents[side], pair->streams[side]))
    g_error ("libnice found no local address to use");
}

NicePair *
nice_pair_new (GMainContext *first, GMainContext *second, const NicePairOptions *options)
{
  NicePair *pair = g_new0 (NicePair, 1);

  pair->began = g_get_monotonic_time ();
  open_side (pair, 0, first, options);
  open_side (pair, 1, second, options);
  gather (pair, 0);
  if (options->enter_other != NULL)
    options->enter_other ();
  gather (pair, 1);
  if (options->leave != NULL)
    options->leave ();
  return pair;
}

void
nice_pair_attach (NicePair *pair, guint side, GMainContext *context,
                  NiceAgentRecvFunc func, gpointer user_data)
{
  nice_agent_attach_recv (pair->agents[side], pair->streams[side], 1, context, func,
                          user_data);
}

void
nice_pair_free (NicePair *pair)
{
  g_object_unref (pair->agents[0]);
  g_object_unref (pair->agents[1]);
  g_free (pair);
}
