#include "nice-words.h"

char *
nice_words_line (NiceAgent *agent, NiceCandidate *candidate)
{
  g_autofree char *sdp = nice_agent_generate_local_candidate_sdp (agent, candidate);

  return g_strdup (g_str_has_prefix (sdp, "a=") ? sdp + 2 : sdp);
}

GPtrArray *
nice_words_lines (NiceAgent *agent, guint stream, guint n_components)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);

  for (guint component = 1; component <= n_components; component++)
    {
      GSList *candidates = nice_agent_get_local_candidates (agent, stream, component);

      for (GSList *l = candidates; l != NULL; l = l->next)
        g_ptr_array_add (lines, nice_words_line (agent, l->data));
      g_slist_free_full (candidates, (GDestroyNotify) nice_candidate_free);
    }
  return lines;
}

char *
nice_words_candidate (const NiceCandidate *candidate)
{
  char address[NICE_ADDRESS_STRING_LEN];
  gboolean is_ipv6 = nice_address_ip_version (&candidate->addr) == 6;

  nice_address_to_string (&candidate->addr, address);
  return g_strdup_printf ("%s%s%s:%u %s %s", is_ipv6 ? "[" : "", address,
                          is_ipv6 ? "]" : "", nice_address_get_port (&candidate->addr),
                          nice_candidate_type_to_string (candidate->type),
                          candidate->transport == NICE_CANDIDATE_TRANSPORT_UDP ? "udp"
                                                                               : "tcp");
}

const char *
nice_words_state (NiceAgent *agent, guint stream, guint n_components)
{
  NiceComponentState least = NICE_COMPONENT_STATE_LAST;

  for (guint component = 1; component <= n_components; component++)
    {
      NiceComponentState state
          = nice_agent_get_component_state (agent, stream, component);

      if (state == NICE_COMPONENT_STATE_FAILED)
        return "failed";
      least = MIN (least, state);
    }
  if (least >= NICE_COMPONENT_STATE_READY)
    return "completed";
  if (least == NICE_COMPONENT_STATE_CONNECTED)
    return "connected";
  return least == NICE_COMPONENT_STATE_CONNECTING ? "checking" : "new";
}
