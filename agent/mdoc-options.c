/*
 * mdoc-options.c - the a{sv} at the end of every method
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include "agent/mdoc-options.h"

#include <string.h>

#include "agent/mdoc-agent-error.h"
#include "base/mdoc-text.h"

static const MdocOption *
find_option (const MdocOption *known, guint n_known, const char *name)
{
  for (guint i = 0; i < n_known; i++)
    {
      if (strcmp (known[i].name, name) == 0)
        return &known[i];
    }

  return NULL;
}

static void
set_value (const MdocOption *option, GVariant *value)
{
  if (option->type[0] == 's')
    {
      char **text = option->ret_value;

      g_free (*text);
      *text = g_variant_dup_string (value, NULL);
    }
  else if (option->type[0] == 'u')
    *(guint32 *) option->ret_value = g_variant_get_uint32 (value);
  else if (option->type[0] == 'b')
    *(gboolean *) option->ret_value = g_variant_get_boolean (value);
  else if (option->type[0] == 'a')
    {
      GVariant **array = option->ret_value;

      g_clear_pointer (array, g_variant_unref);
      *array = g_variant_ref (value);
    }
  else
    g_assert_not_reached ();
}

/**
 * mdoc_options_parse:
 * @options: an `a{sv}`
 * @known: the options that there are
 * @n_known: how many
 * @error: return location for %MDOC_AGENT_ERROR_INVALID_ARGUMENT
 *
 * An option that is not known is refused: what it asks for would not happen.
 *
 * Returns: %TRUE, or %FALSE with @error set
 */
gboolean
mdoc_options_parse (GVariant *options,
                    const MdocOption *known,
                    guint n_known,
                    GError **error)
{
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value))
    {
      g_autoptr (GVariant) owned = value;
      const MdocOption *option = find_option (known, n_known, name);

      if (option == NULL)
        return mdoc_agent_refuse (error,
                                  MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                                  "There is no option \"%.32s\"",
                                  name);

      if (!g_variant_is_of_type (owned, G_VARIANT_TYPE (option->type)))
        return mdoc_agent_refuse (error,
                                  MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                                  "The option \"%s\" is not of type %s",
                                  option->name,
                                  option->type);

      set_value (option, owned);
    }

  return TRUE;
}

/**
 * mdoc_options_parse_none:
 * @options: an `a{sv}`
 * @error: return location for %MDOC_AGENT_ERROR_INVALID_ARGUMENT
 *
 * Returns: %TRUE if it is empty, or %FALSE with @error set
 */
gboolean
mdoc_options_parse_none (GVariant *options, GError **error)
{
  return mdoc_options_parse (options, NULL, 0, error);
}

/**
 * mdoc_options_check_label:
 * @label: what the holder wants to call something, UTF-8
 * @error: return location for %MDOC_AGENT_ERROR_INVALID_ARGUMENT
 *
 * Returns: %TRUE if it can be printed on one line, or %FALSE with @error set
 */
gboolean
mdoc_options_check_label (const char *label, GError **error)
{
  for (const char *p = label; *p != '\0'; p += g_utf8_skip[(guchar) *p])
    {
      if (!mdoc_text_is_harmless (g_utf8_get_char (p)))
        return mdoc_agent_refuse (error,
                                  MDOC_AGENT_ERROR_INVALID_ARGUMENT,
                                  "The label has characters that cannot be "
                                  "printed");
    }

  return TRUE;
}
