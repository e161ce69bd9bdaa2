#include "rpc/event-text.h"

#include "broker/trace.h"

/* All words and sentences in here are our own, and addresses, and the names that hide them,
 * have no characters that JSON would have to escape. */
static void
add_text (GString *text, const char *name, const char *value)
{
  g_string_append_printf (text, ",\"%s\":\"%s\"", name, value);
}

static void
add_number (GString *text, const char *name, gint64 value)
{
  g_string_append_printf (text, ",\"%s\":%" G_GINT64_FORMAT, name, value);
}

static void
begin (GString *text, gint64 now, FramSessionId session, const char *event)
{
  g_string_printf (text, "{\"time\":%" G_GINT64_FORMAT ",\"session\":%u,\"event\":\"%s\"",
                   now, session, event);
}

static void
add_component (GString *text, const FramEvent *event)
{
  if (event->component == 0)
    return;
  add_number (text, "stream", event->stream);
  add_number (text, "component", event->component);
}

static void
add_cause (GString *text, FramCause cause)
{
  add_text (text, "cause", fram_cause_to_word (cause));
  add_text (text, "explanation", fram_cause_to_sentence (cause));
}

static void
add_state (GString *text, const FramEvent *event)
{
  add_text (text, "state", fram_state_to_text (event->state));
  add_cause (text, event->cause);
}

static void
add_trace (GString *text, const FramTrace *trace)
{
  if (trace->candidate != 0)
    {
      add_number (text, "candidate", trace->candidate);
      g_string_append_printf (text, ",\"is-remote\":%s",
                              trace->is_remote ? "true" : "false");
    }
  if (trace->candidate != 0 || trace->pair != 0)
    add_text (text, "type", fram_candidate_type_to_text (trace->local_type));
  if (trace->shown_local[0] != '\0')
    add_text (text, "local", trace->shown_local);
  if (trace->shown_remote[0] != '\0')
    add_text (text, "remote", trace->shown_remote);
  if (trace->pair != 0)
    {
      add_number (text, "pair", trace->pair);
      add_text (text, "remote-type", fram_candidate_type_to_text (trace->remote_type));
      add_text (text, "state", fram_pair_state_to_text (trace->state));
      add_cause (text, trace->cause);
    }
  if (trace->rtt >= 0)
    add_number (text, "rtt", trace->rtt);
  if (trace->count > 1)
    add_number (text, "count", trace->count);
}

gboolean
fram_event_to_text (const FramEvent *event, gint64 now, GString *text)
{
  switch (event->type)
    {
    case FRAM_EVENT_TRACE:
      begin (text, now, event->session, fram_trace_type_to_text (event->trace->type));
      add_component (text, event);
      add_trace (text, event->trace);
      break;
    case FRAM_EVENT_GATHERING_DONE:
      begin (text, now, event->session, "gathered");
      break;
    case FRAM_EVENT_STATE:
      begin (text, now, event->session, "session-state");
      add_state (text, event);
      break;
    case FRAM_EVENT_COMPONENT_STATE:
      begin (text, now, event->session, "component-state");
      add_component (text, event);
      add_state (text, event);
      break;
    case FRAM_EVENT_RESTART_ADVISED:
      begin (text, now, event->session, "restart-advised");
      add_cause (text, event->cause);
      break;
    case FRAM_EVENT_CLOSED:
      begin (text, now, event->session, "closed");
      add_cause (text, event->cause);
      break;
    case FRAM_EVENT_OPEN_BASE:
    case FRAM_EVENT_OPEN_STREAM:
    case FRAM_EVENT_CLOSE_BASE:
    case FRAM_EVENT_RELAY_ADD:
    case FRAM_EVENT_RELAY_CHANNEL:
    case FRAM_EVENT_TRANSMIT:
    case FRAM_EVENT_ROUTE_ADD:
    case FRAM_EVENT_ROUTE_REMOVE:
    case FRAM_EVENT_PATH:
    case FRAM_EVENT_RESOLVE:
    case FRAM_EVENT_NAME_RESOLVE:
    case FRAM_EVENT_NAME_PUBLISH:
    case FRAM_EVENT_NAME_FORGET:
    case FRAM_EVENT_REMEMBER:
    case FRAM_EVENT_LOCAL_CANDIDATE:
    case FRAM_EVENT_SELECTED:
    case FRAM_EVENT_PAIRS_CHANGED:
    case FRAM_EVENT_NETWORK_CHECKED:
    case FRAM_EVENT_SERVER_TESTED:
      return FALSE;
    }
  g_string_append_c (text, '}');
  return TRUE;
}

void
fram_event_lost_text (guint64 n, gint64 now, GString *text)
{
  g_string_printf (text,
                   "{\"time\":%" G_GINT64_FORMAT
                   ",\"event\":\"dropped\",\"dropped\":%" G_GUINT64_FORMAT "}",
                   now, n);
}
