#include "description-variant.h"

GVariant *
fram_text_to_variant (const char *text)
{
  return g_variant_new_take_string (g_utf8_make_valid (text, -1));
}

FramDescription *
fram_description_new_from_reply (GVariant *reply)
{
  g_autoptr (GVariantIter) candidates = NULL;
  g_autofree const char **options = NULL;
  const char *ufrag, *pwd, *line;
  FramDescription *self;
  gboolean complete;
  guint pacing, stream;

  g_variant_get (reply, "(&s&s^a&sua(us)b)", &ufrag, &pwd, &options, &pacing, &candidates,
                 &complete);
  self = fram_description_new (ufrag, pwd);
  fram_description_set_options (self, options);
  fram_description_set_pacing (self, pacing);
  fram_description_set_complete (self, complete);
  while (g_variant_iter_next (candidates, "(u&s)", &stream, &line))
    fram_description_add_candidate (self, stream, line);
  return self;
}

static GVariant *
options_to_variant (FramDescription *self)
{
  GVariantBuilder words = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("as"));
  const char *const *options = fram_description_get_options (self);

  for (guint i = 0; options[i] != NULL; i++)
    g_variant_builder_add_value (&words, fram_text_to_variant (options[i]));
  return g_variant_builder_end (&words);
}

static GVariant *
candidates_to_variant (FramDescription *self)
{
  GVariantBuilder lines = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(us)"));
  guint n = fram_description_get_n_candidates (self);

  for (guint i = 0; i < n; i++)
    {
      guint stream;
      const char *line = fram_description_get_candidate (self, i, &stream);

      g_variant_builder_add (&lines, "(u@s)", stream, fram_text_to_variant (line));
    }
  return g_variant_builder_end (&lines);
}

GVariant *
fram_description_to_arguments (FramDescription *self)
{
  return g_variant_new (
      "(@s@s@asu@a(us)b)", fram_text_to_variant (fram_description_get_ufrag (self)),
      fram_text_to_variant (fram_description_get_pwd (self)), options_to_variant (self),
      fram_description_get_pacing (self), candidates_to_variant (self),
      fram_description_get_complete (self));
}

void
fram_description_add_to_options (FramDescription *self, GVariantBuilder *options)
{
  g_variant_builder_add (
      options, "{sv}", "remote",
      g_variant_new ("(@s@s@asu)",
                     fram_text_to_variant (fram_description_get_ufrag (self)),
                     fram_text_to_variant (fram_description_get_pwd (self)),
                     options_to_variant (self), fram_description_get_pacing (self)));
  g_variant_builder_add (options, "{sv}", "remote-candidates",
                         candidates_to_variant (self));
  g_variant_builder_add (options, "{sv}", "remote-end",
                         g_variant_new_boolean (fram_description_get_complete (self)));
}
