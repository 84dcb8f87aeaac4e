"""Settings of geo311: one file, read from the environment (docs/settings.md lists every variable)."""

import os
from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _
from environs import validate

from geo311 import environment, native

GDAL_LIBRARY_PATH, GEOS_LIBRARY_PATH = native.bind()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("GEO311_DATA_DIR") or BASE_DIR / "var").resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)
# What `start_city` and `demo` decide is kept beside the data; the environment wins over it.
CITY_FILE = DATA_DIR / "city.env"

# Every variable is read here, typed, so that one start says everything that is wrong.
env = environment.environment(CITY_FILE)
DEBUG = env.bool("GEO311_DEBUG", False)
SECRET_KEY = env.secret_key_of("GEO311_SECRET_KEY", "") or environment.kept_secret_key(DATA_DIR)
ALLOWED_HOSTS = env.list("GEO311_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("GEO311_TRUSTED_ORIGINS", [])
HTTPS = env.bool("GEO311_HTTPS", False)
TRUSTED_PROXIES = env.int("GEO311_TRUSTED_PROXIES", 0, validate=validate.Range(min=0, max=5))
DATABASE = env.database("DATABASE_URL", f"spatialite:///{DATA_DIR / 'geo311.sqlite3'}")
DATABASE_POOL = env.int("GEO311_DATABASE_POOL", 8, validate=validate.Range(min=0, max=200))
CITY_NAME = env.str("GEO311_CITY_NAME", "Your city")
TIME_ZONE = env.time_zone("GEO311_TIME_ZONE", "UTC")
LANGUAGE_CODES = env.list("GEO311_LANGUAGES", ["en"])
IS_DEMO = env.bool("GEO311_DEMO", False)
EMERGENCY_NUMBER = env.str("GEO311_EMERGENCY_NUMBER", "911")
SOCIAL_NUMBER = env.str("GEO311_SOCIAL_NUMBER", "211")
PHONE_NUMBER = env.str("GEO311_PHONE_NUMBER", "311")
HOLIDAYS = env.list("GEO311_HOLIDAYS", [], subcast=environment.day)
BASEMAP_URL = env.tile_template("GEO311_BASEMAP_URL", "")
BASEMAP_ATTRIBUTION = env.str("GEO311_BASEMAP_ATTRIBUTION", "")
REPORTS_PER_HOUR = env.int("GEO311_REPORTS_PER_HOUR", 60, validate=validate.Range(min=1))
UNTHROTTLED_KEY = env.str("GEO311_UNTHROTTLED_KEY", "")
EMAIL_URL = env.email_server("GEO311_EMAIL_URL", "console://")
DEFAULT_FROM_EMAIL = env.str("GEO311_EMAIL_FROM", "311@localhost")
environment.seal(env)

# Django
ROOT_URLCONF = "geo311.urls"
WSGI_APPLICATION = "geo311.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "sign_in", "after_sign_in", "home"
DATABASES = {"default": environment.pooled(DATABASE, DATABASE_POOL)}
INSTALLED_APPS = [
    "geo311.db.apps.DatabaseConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "corsheaders",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "rest_framework",
    "rest_framework_gis",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "tiles",
    "boundaries",
    "geo311.throttle",
    "geo311.accounts",
    "geo311.catalog",
    "geo311.crews",
    "geo311.service_requests",
    "geo311.console",
    "geo311.importers",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "geo311.http.ProblemMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "geo311.http.site",
            ],
        },
    }
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = EMAIL_URL["backend"], EMAIL_URL["host"], EMAIL_URL["port"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS = EMAIL_URL["user"], EMAIL_URL["password"], EMAIL_URL["tls"]
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # form fields; files stream to disk and are measured by the photo action

# Languages and time: stored in UTC, shown in the city's zone
USE_I18N, USE_TZ = True, True
LANGUAGE_CODE = LANGUAGE_CODES[0]
NAMES_OF_LANGUAGES = {
    "en": _("English"),
    "es": _("Spanish"),
    "fr": _("French"),
    "zh-hans": _("Simplified Chinese"),
    "ht": _("Haitian Creole"),
    "ar": _("Arabic"),
}
LANGUAGES = [(code, NAMES_OF_LANGUAGES.get(code, code)) for code in LANGUAGE_CODES]
LOCALE_PATHS = [BASE_DIR / "geo311" / "locale"]

# Static and uploaded files
STATIC_URL, STATIC_ROOT = "/static/", DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "geo311" / "static", ("vendor/leaflet", BASE_DIR / "node_modules" / "leaflet" / "dist")]
MEDIA_ROOT = DATA_DIR / "media"  # no MEDIA_URL: photos leave through a view that checks who may see them
STATICFILES_BACKEND = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else STATICFILES_BACKEND
    },
}

# Slow and outward work waits in a table for the worker
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# Security
BASEMAP_ORIGIN = environment.origin(BASEMAP_URL)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:", *BASEMAP_ORIGIN],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"  # tile servers refuse requests without a Referer
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS and TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_URLS_REGEX = r"^/(api|export|tiles|ogc)/.*$"
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016"] if not HTTPS else []

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "geo311.http.exception_handler",
    "NON_FIELD_ERRORS_KEY": "body",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "geo311",
    "DESCRIPTION": "Reports to the city that are not emergencies. In an emergency call the emergency number instead.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {"StatusEnum": "geo311.service_requests.models.Status"},
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "defaultModelsExpandDepth": 0},
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
