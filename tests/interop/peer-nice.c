/* peer-nice: libnice as a peer that somebody else wrote.
 *
 * It speaks the line protocol of `fram connect --json`, so that the harness can put either
 * at either end: it prints its description, takes the other one, tells states and selected
 * pairs, sends texts and tells those that arrive.  Descriptions name no pacing, because
 * libnice signals none. */
#include "json-lines.h"
#include "nice-options.h"
#include "nice-words.h"

#include <glib-unix.h>
#include <string.h>

typedef struct
{
  NiceOptions options;
  GMainLoop *loop;
  NiceAgent *agent;
  guint stream;
  JsonLines *lines;
  gint64 began;           /* monotonic, when gathering began */
  gint64 described;       /* when the remote description was set; 0: not yet */
  const char *last_state; /* what was told last */
} Peer;

/* --- What it tells ------------------------------------------------------------------ */

static double
milliseconds_since (gint64 instant)
{
  return instant == 0 ? 0 : (g_get_monotonic_time () - instant) / 1000.0;
}

static void
tell_local (Peer *peer, gboolean with_candidates)
{
  g_autofree char *ufrag = NULL, *pwd = NULL;
  g_autoptr (GPtrArray) options = g_ptr_array_new ();
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GPtrArray) candidates
      = nice_words_lines (peer->agent, peer->stream, peer->options.components);
  gboolean controlling;
  JsonBuilder *builder = json_lines_begin ("local");

  if (peer->options.trickle)
    g_ptr_array_add (options, (char *) "trickle");
  if (peer->options.lite)
    g_ptr_array_add (options, (char *) "ice-lite");
  if (peer->options.renomination)
    g_ptr_array_add (options, (char *) "renomination");
  g_object_get (peer->agent, "controlling-mode", &controlling, NULL);
  nice_agent_get_local_credentials (peer->agent, peer->stream, &ufrag, &pwd);
  json_lines_set_string (builder, "ufrag", ufrag);
  json_lines_set_string (builder, "pwd", pwd);
  json_lines_set_strings (builder, "candidates", with_candidates ? candidates : none);
  json_lines_set_string (builder, "role", controlling ? "controlling" : "controlled");
  json_lines_set_strings (builder, "options", options);
  json_lines_set_double (builder, "gather_ms", milliseconds_since (peer->began));
  json_lines_write (builder);
}

static void
on_component_state (NiceAgent *agent, guint stream, guint component, guint state,
                    gpointer user_data)
{
  Peer *peer = user_data;
  const char *word = nice_words_state (agent, stream, peer->options.components);

  if (g_strcmp0 (word, peer->last_state) == 0)
    return;
  peer->last_state = word;

  JsonBuilder *builder = json_lines_begin ("state");

  json_lines_set_string (builder, "state", word);
  json_lines_set_double (builder, "ms", milliseconds_since (peer->described));
  json_lines_write (builder);
}

static void
on_selected (NiceAgent *agent, guint stream, guint component, NiceCandidate *local,
             NiceCandidate *remote, gpointer user_data)
{
  g_autofree char *local_words = nice_words_candidate (local);
  g_autofree char *remote_words = nice_words_candidate (remote);
  JsonBuilder *builder = json_lines_begin ("selected");

  json_lines_set_int (builder, "component", component);
  json_lines_set_string (builder, "local", local_words);
  json_lines_set_string (builder, "remote", remote_words);
  json_lines_write (builder);
}

static void
on_candidate (NiceAgent *agent, NiceCandidate *candidate, gpointer user_data)
{
  Peer *peer = user_data;

  if (!peer->options.trickle)
    return;

  g_autofree char *line = nice_words_line (agent, candidate);
  JsonBuilder *builder = json_lines_begin ("candidate");

  json_lines_set_string (builder, "candidate", line);
  json_lines_write (builder);
}

static void
on_gathered (NiceAgent *agent, guint stream, gpointer user_data)
{
  Peer *peer = user_data;

  if (peer->options.trickle)
    json_lines_write (json_lines_begin ("end-of-candidates"));
  else
    tell_local (peer, TRUE);
}

static void
on_data (NiceAgent *agent, guint stream, guint component, guint length, char *buffer,
         gpointer user_data)
{
  Peer *peer = user_data;
  g_autofree char *text = g_utf8_make_valid (buffer, length);
  JsonBuilder *builder = json_lines_begin ("recv");

  json_lines_set_int (builder, "component", component);
  json_lines_set_string (builder, "data", text);
  json_lines_write (builder);

  if (peer->options.echo)
    {
      g_autofree char *answer = g_strconcat ("echo:", text, NULL);

      nice_agent_send (agent, stream, component, strlen (answer), answer);
    }
}

/* --- What it is told ---------------------------------------------------------------- */

static void
take_candidate (Peer *peer, const char *line)
{
  g_autofree char *sdp = g_strconcat ("a=", line, NULL);
  NiceCandidate *candidate
      = nice_agent_parse_remote_candidate_sdp (peer->agent, peer->stream, sdp);

  if (candidate == NULL)
    {
      json_lines_write_error ("libnice cannot read this candidate line");
      return;
    }

  GSList *one = g_slist_append (NULL, candidate);

  if (nice_agent_set_remote_candidates (peer->agent, peer->stream,
                                        candidate->component_id, one)
      < 0)
    json_lines_write_error ("libnice refused this candidate");
  g_slist_free_full (one, (GDestroyNotify) nice_candidate_free);
}

static void
take_description (Peer *peer, JsonObject *message)
{
  const char *ufrag = json_object_get_string_member_with_default (message, "ufrag", NULL);
  const char *pwd = json_object_get_string_member_with_default (message, "pwd", NULL);
  JsonNode *candidates = json_object_get_member (message, "candidates");

  if (ufrag == NULL || pwd == NULL
      || !nice_agent_set_remote_credentials (peer->agent, peer->stream, ufrag, pwd))
    {
      json_lines_write_error ("A description has a ufrag and a pwd");
      return;
    }
  peer->described = g_get_monotonic_time ();
  if (candidates == NULL || !JSON_NODE_HOLDS_ARRAY (candidates))
    return;

  JsonArray *array = json_node_get_array (candidates);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      const char *line = json_array_get_string_element (array, i);

      if (line != NULL)
        take_candidate (peer, line);
    }
}

static void
restart (Peer *peer)
{
  nice_agent_restart (peer->agent);
  peer->described = 0;
  tell_local (peer, TRUE);
}

static void
on_message (JsonObject *message, gpointer user_data)
{
  Peer *peer = user_data;
  const char *text = json_object_get_string_member_with_default (message, "send", NULL);
  const char *line
      = json_object_get_string_member_with_default (message, "candidate", NULL);
  gboolean is_description = json_object_has_member (message, "ufrag");

  if (is_description)
    take_description (peer, message);
  else if (line != NULL)
    take_candidate (peer, line);
  else if (text != NULL)
    nice_agent_send (peer->agent, peer->stream, 1, strlen (text), text);
  else if (json_object_has_member (message, "restart"))
    restart (peer);
  else if (json_object_has_member (message, "revoke"))
    nice_agent_consent_lost (peer->agent, peer->stream, 1);
  else if (json_object_has_member (message, "quit"))
    g_main_loop_quit (peer->loop);
  else if (!json_object_has_member (message, "end"))
    json_lines_write_error ("No known key in this line");

  if (json_object_get_boolean_member_with_default (message, "end", is_description)
      && peer->options.trickle)
    nice_agent_peer_candidate_gathering_done (peer->agent, peer->stream);
}

static void
on_input_ended (gpointer lines, gpointer user_data)
{
  Peer *peer = user_data;

  g_main_loop_quit (peer->loop);
}

/* --- The agent ---------------------------------------------------------------------- */

static void
add_addresses (Peer *peer)
{
  for (char **text = peer->options.addresses; text != NULL && *text != NULL; text++)
    {
      NiceAddress address;

      nice_address_init (&address);
      if (!nice_address_set_from_string (&address, *text))
        g_error ("Not an address: %s", *text);
      nice_agent_add_local_address (peer->agent, &address);
    }
}

static gboolean
open_agent (Peer *peer, GError **error)
{
  const NiceOptions *options = &peer->options;
  NiceAgentOption flags
      = (options->aggressive ? NICE_AGENT_OPTION_NONE
                             : NICE_AGENT_OPTION_REGULAR_NOMINATION)
        | (options->trickle ? NICE_AGENT_OPTION_ICE_TRICKLE : NICE_AGENT_OPTION_NONE)
        | (options->consent ? NICE_AGENT_OPTION_CONSENT_FRESHNESS
                            : NICE_AGENT_OPTION_NONE)
        | (options->renomination ? NICE_AGENT_OPTION_SUPPORT_RENOMINATION
                                 : NICE_AGENT_OPTION_NONE);

  peer->agent
      = nice_agent_new_full (NULL, NICE_COMPATIBILITY_RFC5245,
                             options->lite ? flags | NICE_AGENT_OPTION_LITE_MODE : flags);
  g_object_set (peer->agent, "controlling-mode",
                g_strcmp0 (options->role, "controlled") != 0, "upnp", FALSE, "ice-udp",
                !options->tcp, "ice-tcp", options->tcp, "stun-server", options->stun,
                NULL);
  g_signal_connect (peer->agent, "component-state-changed",
                    G_CALLBACK (on_component_state), peer);
  g_signal_connect (peer->agent, "new-selected-pair-full", G_CALLBACK (on_selected),
                    peer);
  g_signal_connect (peer->agent, "new-candidate-full", G_CALLBACK (on_candidate), peer);
  g_signal_connect (peer->agent, "candidate-gathering-done", G_CALLBACK (on_gathered),
                    peer);

  add_addresses (peer);
  peer->stream = nice_agent_add_stream (peer->agent, options->components);
  /* libnice wants a name for a stream whose candidates are printed. */
  nice_agent_set_stream_name (peer->agent, peer->stream, "application");
  for (int component = 1; component <= options->components; component++)
    nice_agent_attach_recv (peer->agent, peer->stream, component, NULL, on_data, peer);
  return nice_options_apply (options, peer->agent, peer->stream, error);
}

static gboolean
on_terminate (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  Peer peer = { 0 };
  g_autoptr (GError) error = NULL;

  if (!nice_options_parse (&peer.options, argc, argv, &error)
      || !open_agent (&peer, &error))
    {
      g_printerr ("peer-nice: %s\n", error->message);
      return 2;
    }

  peer.loop = g_main_loop_new (NULL, FALSE);
  peer.lines = json_lines_new (0, on_message, on_input_ended, &peer);
  g_unix_signal_add (SIGTERM, on_terminate, peer.loop);
  if (peer.options.trickle)
    tell_local (&peer, FALSE);
  peer.began = g_get_monotonic_time ();
  if (!nice_agent_gather_candidates (peer.agent, peer.stream))
    g_error ("libnice found no local address to use");
  g_main_loop_run (peer.loop);

  json_lines_free (peer.lines);
  g_object_unref (peer.agent);
  g_main_loop_unref (peer.loop);
  nice_options_clear (&peer.options);
  return 0;
}
