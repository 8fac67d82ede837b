def test_the_database_is_there(db):
    pass
