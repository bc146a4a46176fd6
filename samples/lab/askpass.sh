#!/bin/sh
# What ssh calls for a password: types the first line of $WD_TYPING, and takes it off the list.
sleep "${WD_PAUSE:-0}"
sed -n 1p "$WD_TYPING"
sed -i 1d "$WD_TYPING"
