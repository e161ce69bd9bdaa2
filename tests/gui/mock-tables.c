#include "mock-tables.h"

#define STARTED G_GINT64_CONSTANT (1764349200000000)

static MockPair *
selected_pair (MockSession *session)
{
  for (guint i = 0; i < session->pairs->len; i++)
    if (mock_session_pair (session, i)->selected)
      return mock_session_pair (session, i);
  return NULL;
}

GVariant *
mock_tables_sessions (GPtrArray *sessions)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(tosssusssssssssauuxttssssssx)"));
  for (guint i = 0; i < sessions->len; i++)
    {
      MockSession *s = g_ptr_array_index (sessions, i);
      MockPair *pair = selected_pair (s);
      guint32 one = 1;

      g_variant_builder_add (
          &rows, "(tosssusssssssss@auuxttssssssx)", s->id, s->path, s->app_id,
          s->app_name, s->icon, 4242u, s->app_name, s->label, "controlling", "all",
          s->state, s->cause, s->explanation, "direct-nat", s->why_text,
          g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, &one, 1, sizeof one),
          s->pairs->len, STARTED, s->bytes_sent, s->bytes_received, s->local_type,
          pair == NULL ? "" : pair->local, s->remote_type,
          pair == NULL ? "" : pair->remote, s->protocol, s->relay, s->rtt);
    }
  return g_variant_builder_end (&rows);
}

static GVariant *
components_of (MockSession *s)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(tuussstbttttt)"));
  g_variant_builder_add (&rows, "(tuussstbttttt)", (guint64) 1, 0, 1, s->state, s->cause,
                         s->explanation, (guint64) 1, TRUE, s->bytes_sent / 1000,
                         s->bytes_received / 1000, s->bytes_sent, s->bytes_received,
                         (guint64) 0);
  return g_variant_builder_end (&rows);
}

static GVariant *
changes_of (MockSession *s)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(txsuusss)"));
  for (guint i = 0; i < s->changes->len; i++)
    {
      MockChange *c = &g_array_index (s->changes, MockChange, i);

      g_variant_builder_add (&rows, "(txsuusss)", (guint64) i + 1, c->when, c->what, 0,
                             c->component, c->state, c->cause, c->explanation);
    }
  return g_variant_builder_end (&rows);
}

static GVariant *
candidates_of (MockSession *s)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(tuubssssssux)"));
  for (guint i = 0; i < s->candidates->len; i++)
    {
      MockCandidate *c = &g_array_index (s->candidates, MockCandidate, i);

      g_variant_builder_add (&rows, "(tuubssssssux)", c->id, c->stream, c->component,
                             c->remote, c->type, "udp", c->address, c->related, c->server,
                             "1", c->priority, c->found);
    }
  return g_variant_builder_end (&rows);
}

static GVariant *
pairs_of (MockSession *s)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(tuuttsssssssbbbbbtxxuuuuuutt)"));
  for (guint i = 0; i < s->pairs->len; i++)
    {
      MockPair *p = mock_session_pair (s, i);
      guint answered = p->writable ? p->requests : 0;

      g_variant_builder_add (
          &rows, "(tuuttsssssssbbbbbtxxuuuuuutt)", p->id, 0, 1, (guint64) 1, (guint64) 2,
          p->local, p->local_type, p->remote, p->remote_type, p->state, "response",
          p->explanation, p->readable, p->writable, p->nominated, p->selected, FALSE,
          p->priority, p->rtt, p->rtt < 0 ? -1 : p->rtt * answered, p->requests, answered,
          answered, answered, p->requests - answered, answered, p->bytes, p->bytes / 2);
    }
  return g_variant_builder_end (&rows);
}

GVariant *
mock_tables_session (MockSession *session, guint64 generation)
{
  return g_variant_new ("(tb@a(tuussstbttttt)@a(txsuusss)@a(tuubssssssux)"
                        "@a(tuuttsssssssbbbbbtxxuuuuuutt)@at@at@at)",
                        generation, TRUE, components_of (session), changes_of (session),
                        candidates_of (session), pairs_of (session),
                        g_variant_new ("at", NULL), g_variant_new ("at", NULL),
                        g_variant_new ("at", NULL));
}

GVariant *
mock_tables_parse (const GDBusMethodInfo *method, const char *text)
{
  g_autoptr (GString) type = g_string_new ("(");
  g_autoptr (GError) error = NULL;
  GVariant *answer;

  for (guint i = 0; method->out_args != NULL && method->out_args[i] != NULL; i++)
    g_string_append (type, method->out_args[i]->signature);
  g_string_append_c (type, ')');
  answer = g_variant_parse (G_VARIANT_TYPE (type->str), text, NULL, NULL, &error);
  g_assert_no_error (error);
  return answer;
}
