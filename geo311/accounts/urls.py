"""Addresses of signing in and out."""

from django.urls import path

from geo311.accounts import views

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-out/", views.SignOut.as_view(), name="sign_out"),
    path("signed-in/", views.after_sign_in, name="after_sign_in"),
]
