/*
 * test-qr.c - QR codes as a scanner sees them
 *
 * SPDX-FileCopyrightText: 2026 The mdoc agent authors
 * SPDX-License-Identifier: Apache-2.0
 */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "engagement/mdoc-qr.h"
#include "tests/lib/mdoc-test-vectors.h"

#define MODULE_PX  4
#define QUIET_ZONE 4

/* Modules, TRUE for dark; the quiet zone included. */
typedef struct
{
  gint width;
  gboolean *dark;
} Matrix;

static void
matrix_clear (Matrix *matrix)
{
  g_free (matrix->dark);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Matrix, matrix_clear)

static void
matrix_init (Matrix *matrix, gint width)
{
  g_assert_cmpint (width, >, 2 * QUIET_ZONE);
  matrix->width = width;
  matrix->dark = g_new0 (gboolean, width * width);
}

static char *
scan_file (const char *path)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL;
  int status;

  g_strv_builder_add_many (builder, "zbarimg", "-q", "--raw", path, NULL);
  argv = g_strv_builder_end (builder);
  g_spawn_sync (NULL,
                argv,
                NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                NULL,
                NULL,
                &out,
                NULL,
                &status,
                &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, &error));
  g_assert_no_error (error);
  return g_strdup (g_strchomp (out));
}

/* What zbarimg reads in a picture, a PNG or PGM file. */
static char *
scan (const void *picture, gsize len, const char *suffix)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("mdoc-qr-XXXXXX", &error);
  g_autofree char *name = g_strconcat ("code.", suffix, NULL);
  g_autofree char *path = NULL;
  char *text;

  g_assert_no_error (error);
  path = g_build_filename (folder, name, NULL);
  g_assert_true (g_file_set_contents (path, picture, (gssize) len, &error));
  g_assert_no_error (error);
  text = scan_file (path);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  return text;
}

static char *
scan_matrix (const Matrix *matrix)
{
  gint side = matrix->width * MODULE_PX;
  g_autoptr (GString) pgm = g_string_new (NULL);

  g_string_append_printf (pgm, "P5\n%d %d\n255\n", side, side);
  for (gint y = 0; y < side; y++)
    for (gint x = 0; x < side; x++)
      {
        gint i = y / MODULE_PX * matrix->width + x / MODULE_PX;

        g_string_append_c (pgm, matrix->dark[i] ? '\0' : '\xff');
      }
  return scan (pgm->str, pgm->len, "pgm");
}

/* All of the quiet zone is light, and the code fills the rest. */
static void
assert_quiet_zone (const Matrix *matrix)
{
  gint last = matrix->width - 1;

  for (gint y = 0; y <= last; y++)
    for (gint x = 0; x <= last; x++)
      if (x < QUIET_ZONE || y < QUIET_ZONE || x > last - QUIET_ZONE
          || y > last - QUIET_ZONE)
        g_assert_false (matrix->dark[y * matrix->width + x]);

  /* corners of the three finders */
  g_assert_true (matrix->dark[QUIET_ZONE * matrix->width + QUIET_ZONE]);
  g_assert_true (matrix->dark[QUIET_ZONE * matrix->width + last - QUIET_ZONE]);
  g_assert_true (
      matrix->dark[(last - QUIET_ZONE) * matrix->width + QUIET_ZONE]);
}

/* Light is what is printed: on a dark terminal the code looks as it should. */
static void
read_half_blocks (const char *drawing, Matrix *matrix)
{
  g_auto (GStrv) lines = g_strsplit (drawing, "\n", -1);
  guint n_lines = g_strv_length (lines) - 1;

  g_assert_cmpstr (lines[n_lines], ==, "");
  matrix_init (matrix, (gint) g_utf8_strlen (lines[0], -1));
  g_assert_cmpuint (n_lines, ==, (guint) (matrix->width + 1) / 2);

  for (gint line = 0; line < (gint) n_lines; line++)
    {
      const char *p = lines[line];

      g_assert_cmpint (g_utf8_strlen (p, -1), ==, matrix->width);
      for (gint x = 0; x < matrix->width;
           x++, p += g_utf8_skip[*(const guchar *) p])
        {
          gunichar c = g_utf8_get_char (p);
          gint y = 2 * line;

          g_assert_true (c == 0x2588 || c == 0x2580 || c == 0x2584 || c == ' ');
          matrix->dark[y * matrix->width + x] = c == 0x2584 || c == ' ';
          if (y + 1 < matrix->width)
            matrix->dark[(y + 1) * matrix->width + x] = c == 0x2580 || c == ' ';
        }
    }
}

static char *
remove_text (const char *text, const char *unwanted)
{
  g_auto (GStrv) parts = g_strsplit (text, unwanted, -1);

  return g_strjoinv ("", parts);
}

static char *
annex_d_text (void)
{
  g_autoptr (JsonObject) file = NULL;

  file = mdoc_test_vectors_load ("iso18013-5-annex-d.json");
  return g_strdup (json_object_get_string_member (file, "qr_text"));
}

static void
test_png (void)
{
  static const guint sizes[] = { 2, 5, MDOC_QR_MAX_MODULE_PX };
  g_autofree char *text = annex_d_text ();

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) png = mdoc_qr_to_png (text, sizes[i], &error);
      g_autofree char *found = NULL;

      g_assert_no_error (error);
      found = scan (g_bytes_get_data (png, NULL),
                    g_bytes_get_size (png),
                    "png");
      g_assert_cmpstr (found, ==, text);
    }
}

/* The header says how large the picture is: 53 modules and the quiet zone. */
static void
test_png_size (void)
{
  g_autofree char *text = annex_d_text ();

  for (guint module_px = 1; module_px <= 3; module_px++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) png = mdoc_qr_to_png (text, module_px, &error);
      const guint8 *bytes = g_bytes_get_data (png, NULL);

      g_assert_no_error (error);
      g_assert_true (memcmp (bytes, "\211PNG\r\n\032\n", 8) == 0);
      for (gsize at = 16; at <= 20; at += 4)
        g_assert_cmpuint (bytes[at + 2] * 256u + bytes[at + 3],
                          ==,
                          (53 + 2 * QUIET_ZONE) * module_px);
    }
}

static void
test_utf8 (void)
{
  g_autofree char *text = annex_d_text ();
  g_autoptr (GError) error = NULL;
  g_autofree char *drawing = NULL;
  g_autofree char *found = NULL;
  g_auto (Matrix) matrix = { 0 };

  drawing = mdoc_qr_to_terminal (text, MDOC_QR_UTF8, &error);
  g_assert_no_error (error);
  read_half_blocks (drawing, &matrix);
  assert_quiet_zone (&matrix);
  found = scan_matrix (&matrix);
  g_assert_cmpstr (found, ==, text);
}

/* The same with white on black set for each line, whatever the terminal's
 * colours, and reset behind it. */
static void
test_ansi (void)
{
  g_autofree char *text = annex_d_text ();
  g_autoptr (GError) error = NULL;
  g_autofree char *plain = NULL;
  g_autofree char *drawing = NULL;
  g_autofree char *without_start = NULL;
  g_autofree char *without = NULL;
  g_auto (GStrv) lines = NULL;

  plain = mdoc_qr_to_terminal (text, MDOC_QR_UTF8, &error);
  g_assert_no_error (error);
  drawing = mdoc_qr_to_terminal (text, MDOC_QR_ANSI, &error);
  g_assert_no_error (error);

  lines = g_strsplit (drawing, "\n", -1);
  for (guint i = 0; lines[i + 1] != NULL; i++)
    {
      g_assert_true (g_str_has_prefix (lines[i], "\033[40;97m"));
      g_assert_true (g_str_has_suffix (lines[i], "\033[0m"));
    }
  without_start = remove_text (drawing, "\033[40;97m");
  without = remove_text (without_start, "\033[0m");
  g_assert_cmpstr (without, ==, plain);
}

static void
test_ascii (void)
{
  g_autofree char *text = annex_d_text ();
  g_autoptr (GError) error = NULL;
  g_autofree char *drawing = NULL;
  g_autofree char *found = NULL;
  g_auto (GStrv) lines = NULL;
  g_auto (Matrix) matrix = { 0 };

  drawing = mdoc_qr_to_terminal (text, MDOC_QR_ASCII, &error);
  g_assert_no_error (error);
  lines = g_strsplit (drawing, "\n", -1);
  matrix_init (&matrix, (gint) strlen (lines[0]) / 2);
  g_assert_cmpuint (g_strv_length (lines), ==, (guint) matrix.width + 1);
  for (gint y = 0; y < matrix.width; y++)
    {
      g_assert_cmpuint (strlen (lines[y]), ==, 2 * (gsize) matrix.width);
      for (gint x = 0; x < matrix.width; x++)
        {
          char c = lines[y][2 * x];

          g_assert_true (c == '#' || c == ' ');
          g_assert_true (lines[y][2 * x + 1] == c);
          matrix.dark[y * matrix.width + x] = c == ' ';
        }
    }
  assert_quiet_zone (&matrix);
  found = scan_matrix (&matrix);
  g_assert_cmpstr (found, ==, text);
}

static void
read_svg (const char *svg, Matrix *matrix)
{
  const char *p = strstr (svg, "viewBox=\"0 0 ");
  gint width, height;

  g_assert_nonnull (p);
  g_assert_cmpint (sscanf (p, "viewBox=\"0 0 %d %d\"", &width, &height), ==, 2);
  g_assert_cmpint (width, ==, height);
  matrix_init (matrix, width);

  p = strstr (svg, " d=\"");
  g_assert_nonnull (p);
  for (p += 4; *p == 'M'; p++)
    {
      gint x, y, len, back;

      g_assert_cmpint (sscanf (p, "M%d %dh%dv1h-%dz", &x, &y, &len, &back),
                       ==,
                       4);
      g_assert_cmpint (len, ==, back);
      g_assert_true (x >= 0 && y >= 0 && len > 0 && x + len <= width
                     && y < width);
      for (gint i = x; i < x + len; i++)
        matrix->dark[y * width + i] = TRUE;
      p = strchr (p, 'z');
    }
  g_assert_cmpint (*p, ==, '"');
}

static void
test_svg (void)
{
  g_autofree char *text = annex_d_text ();
  g_autoptr (GError) error = NULL;
  g_autofree char *svg = mdoc_qr_to_svg (text, &error);
  g_autofree char *found = NULL;
  g_auto (Matrix) matrix = { 0 };

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (svg, "<?xml"));
  g_assert_true (g_str_has_suffix (svg, "</svg>\n"));
  g_assert_nonnull (strstr (svg, "shape-rendering=\"crispEdges\""));
  read_svg (svg, &matrix);
  assert_quiet_zone (&matrix);
  found = scan_matrix (&matrix);
  g_assert_cmpstr (found, ==, text);
}

/* Version 40 holds 2,331 bytes at level M and 2,953 at level L (ISO/IEC 18004,
 * table 7). */
static void
test_length (void)
{
  static const struct
  {
    gsize len;
    gboolean fits;
  } lengths[] = {
    { 1, TRUE },    { 2331, TRUE },  { 2332, TRUE },
    { 2953, TRUE }, { 2954, FALSE }, { 100000, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree char *text = g_strnfill (lengths[i].len, 'x');
      GError *errors[3] = { NULL, NULL, NULL };
      g_autofree char *terminal = NULL;
      g_autofree char *svg = NULL;
      g_autoptr (GBytes) png = NULL;

      terminal = mdoc_qr_to_terminal (text, MDOC_QR_UTF8, &errors[0]);
      svg = mdoc_qr_to_svg (text, &errors[1]);
      png = mdoc_qr_to_png (text, 2, &errors[2]);
      g_assert_true ((terminal != NULL) == lengths[i].fits);
      g_assert_true ((svg != NULL) == lengths[i].fits);
      g_assert_true ((png != NULL) == lengths[i].fits);
      for (gsize j = 0; j < G_N_ELEMENTS (errors); j++)
        {
          if (!lengths[i].fits)
            g_assert_error (errors[j], MDOC_QR_ERROR, MDOC_QR_ERROR_TOO_LONG);
          g_clear_error (&errors[j]);
        }
    }
}

/* a short text gets the better error correction */
static void
test_error_correction (void)
{
  g_autofree char *text = g_strnfill (2331, 'x');
  g_autofree char *longer = g_strnfill (2332, 'x');
  g_autoptr (GError) error = NULL;
  g_autofree char *svg = mdoc_qr_to_svg (text, &error);
  g_autofree char *longer_svg = NULL;

  g_assert_no_error (error);
  longer_svg = mdoc_qr_to_svg (longer, &error);
  g_assert_no_error (error);
  /* 40 at level M is 177 modules wide, 36 at level L 161 */
  g_assert_nonnull (strstr (svg, "viewBox=\"0 0 185 185\""));
  g_assert_nonnull (strstr (longer_svg, "viewBox=\"0 0 169 169\""));
}

static void
test_case_is_kept (void)
{
  static const char text[] = "mdoc:ABCabc012-_";
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = mdoc_qr_to_png (text, 3, &error);
  g_autofree char *found = NULL;

  g_assert_no_error (error);
  found = scan (g_bytes_get_data (png, NULL), g_bytes_get_size (png), "png");
  g_assert_cmpstr (found, ==, text);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/qr/png", test_png);
  g_test_add_func ("/qr/png-size", test_png_size);
  g_test_add_func ("/qr/utf8", test_utf8);
  g_test_add_func ("/qr/ansi", test_ansi);
  g_test_add_func ("/qr/ascii", test_ascii);
  g_test_add_func ("/qr/svg", test_svg);
  g_test_add_func ("/qr/length", test_length);
  g_test_add_func ("/qr/error-correction", test_error_correction);
  g_test_add_func ("/qr/case-is-kept", test_case_is_kept);

  return g_test_run ();
}
